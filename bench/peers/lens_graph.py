"""The experiment as one graph of tensor operations: what batched PyTorch runs and what ONNX Runtime and OpenVINO get."""

import torch


class LensGraph(torch.nn.Module):
    """ids [B, T], rows [R], targets [R] -> a tensor [L+1, R] for each name of outputs_of(work)."""

    def __init__(self, model, work):
        super().__init__()
        self.model = model
        self.rank, self.distribution = work.wants_rank, work.wants_distribution
        self.layer_by_layer = not work.masks  # the logits of all layers and positions at once would be gigabytes

    def forward(self, ids, rows, targets):
        states = self.model.bert(ids, output_hidden_states=True).hidden_states  # L+1 of [B, T, H]
        states = [state.flatten(0, 1).index_select(0, rows) for state in states]  # L+1 of [R, H]
        if not self.layer_by_layer:
            layers = len(states)
            logits = self.model.cls(torch.cat(states))  # [(L+1) R, V]
            outputs = self.statistics(logits, targets.repeat(layers), None)
            return tuple(output.view(layers, -1) for output in outputs)
        last = None
        if self.distribution:
            last = torch.log_softmax(self.model.cls(states[-1]), -1)  # [R, V]
        outputs = [self.statistics(self.model.cls(state), targets, last) for state in states]
        return tuple(torch.stack(layers) for layers in zip(*outputs))

    def statistics(self, logits, targets, last):
        """logits [N, V], targets [N], last: log-probabilities of the last layer [N, V] -> tensors [N]."""
        best, best_id = logits.max(-1)
        mean = logits.mean(-1)
        deviation = (logits - mean[:, None]).square().mean(-1).sqrt()
        target = logits.gather(-1, targets[:, None])[:, 0]
        outputs = [best_id, (best - mean) / deviation, (target - mean) / deviation]
        if self.rank:
            outputs.append((logits > target[:, None]).sum(-1))
        if self.distribution:
            log_p = torch.log_softmax(logits, -1)
            log_best, log_target = log_p.max(-1).values, log_p.gather(-1, targets[:, None])[:, 0]
            entropy = -(log_p.exp() * log_p).sum(-1)
            divergence = (last.exp() * (last - log_p)).sum(-1)
            outputs += [log_best, log_target, entropy, divergence]
        return outputs
