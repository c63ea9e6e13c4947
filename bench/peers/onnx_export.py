"""Exports lens_graph.LensGraph to ONNX, once for each model and kind of work; both runtimes read the same file."""

import hashlib
import os
import shutil
import subprocess
import sys


def export_name(model, work):
    """Statistics and masking shape the graph; the sizes of the text do not."""
    kind = "masked" if work.masks else "whole"
    outputs = "all" if work.wants_distribution else "rank" if work.wants_rank else "z"
    key = hashlib.sha256(os.path.realpath(model).encode()).hexdigest()[:8]
    return f"{os.path.basename(os.path.normpath(model))}-{key}-{kind}-{outputs}"


def exported(model, work, folder):
    """The path of the graph; exported in a process of its own, so that a runtime's memory is the runtime's."""
    graph = os.path.join(folder, export_name(model, work))
    if not os.path.exists(graph):
        kind = "masked" if work.masks else "whole"
        shutil.rmtree(graph + ".part", ignore_errors=True)
        os.makedirs(graph + ".part")
        subprocess.run([sys.executable, __file__, model, kind, ",".join(work.statistics), graph + ".part/model.onnx"],
                       check=True)
        os.rename(graph + ".part", graph)
    return graph + "/model.onnx"


def export(model, kind, statistics, path):
    import torch

    import common
    import lens_graph
    import pytorch_model
    from work_batches import batches, outputs_of

    work = common.Work("export", [101] + [1000] * 14 + [102], [1, 2, 3] if kind == "masked" else [], 103,
                       statistics.split(","))
    module = lens_graph.LensGraph(pytorch_model.load(model, 2), work).eval()
    ids, rows, targets = (torch.from_numpy(part) for part in next(batches(work)))
    batch = torch.export.Dim("batch", min=1) if work.masks else None
    length, asked = torch.export.Dim("length", min=2, max=512), torch.export.Dim("rows", min=1)
    with torch.inference_mode():
        torch.onnx.export(module, (ids, rows, targets), path, dynamo=True, external_data=True,
                          input_names=["ids", "rows", "targets"], output_names=outputs_of(work),
                          dynamic_shapes=({0: batch, 1: length} if batch else {1: length}, {0: asked}, {0: asked}))


if __name__ == "__main__":
    export(*sys.argv[1:])
