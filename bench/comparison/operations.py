"""Floating-point operations that a sweep needs (2 a multiply-add), after the savings that change no result: the first
layer's Q, K and V of unmasked rows once for all masks; the last layer, but for its K and V, at the rows asked for alone;
the head at those rows. Counted are the matrix products, attention's among them, and nothing else."""


def products_of(config, tokens, masks):
    hidden, inner = config["hidden_size"], config["intermediate_size"]
    layers, vocabulary = config["num_hidden_layers"], config["vocab_size"]
    rows = tokens * masks
    projection = hidden * hidden  # Q, K, V or the attention's output, of a row
    feed_forward = 2 * hidden * inner
    attention = 2 * tokens * hidden  # scores and their weighted sum, of a row
    first = 3 * projection * (tokens + masks) + rows * (attention + projection + feed_forward)
    middle = rows * (4 * projection + attention + feed_forward)
    last = 2 * projection * rows + masks * (2 * projection + attention + feed_forward)
    head = masks * (layers + 1) * (projection + hidden * vocabulary)
    return 2 * (first + (layers - 2) * middle + last + head)
