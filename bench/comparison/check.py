"""Do all contenders say the same? Nothing is timed before that is certain."""

import math

TOLERANCE = 1e-3  # in z, nats: float32 sums in another order differ by some 1e-5
RANK_TOLERANCE = 5  # places, beyond 0.1 %: neighbours in rank may be closer than the rounding


class Disagreement(Exception):
    """Two contenders that answer differently."""


def pairs(ours, theirs):
    """The numbers of two answers [rows][layers], those left out that have no value."""
    if len(ours) != len(theirs) or len(ours[0]) != len(theirs[0]):
        raise Disagreement(f"{len(ours)} x {len(ours[0])} values against {len(theirs)} x {len(theirs[0])}")
    for row, other in zip(ours, theirs):
        yield from ((a, b) for a, b in zip(row, other) if a is not None)


def compare(name, ours, theirs):
    """How far two answers are apart: {"largest z difference", "near ties"}. Disagreement if it is too far."""
    near_ties, largest = 0, 0.0
    for statistic, values in ours.items():
        if statistic not in theirs:
            raise Disagreement(f"{name} gives no {statistic}")
        for a, b in pairs(values, theirs[statistic]):
            if statistic == "best_id":
                near_ties += a != b
            elif statistic == "target_rank":
                if abs(a - b) > RANK_TOLERANCE + 1e-3 * a:
                    raise Disagreement(f"{name}: target_rank {b:.0f} against our {a:.0f}")
            else:
                if not math.isfinite(b) or abs(a - b) > TOLERANCE:
                    raise Disagreement(f"{name}: {statistic} {b} against our {a}")
                if statistic.endswith("_z"):
                    largest = max(largest, abs(a - b))
    # Another best token with the same z to within the rounding is a tie; more than a few would be no accident.
    values = sum(len(row) for row in ours["best_id"])
    if near_ties > max(1, values // 500):
        raise Disagreement(f"{name}: {near_ties} of {values} best tokens differ")
    return {"largest z difference": largest, "near ties": near_ties, "values": values}


def last_layer_agreement(ours, theirs):
    """Share of the rows whose best token of the last layer is the same."""
    rows = list(zip(ours["best_id"], theirs["best_id"]))
    return sum(a[-1] == b[-1] for a, b in rows) / len(rows)


def largest_z_difference(ours, theirs):
    return max(abs(a - b) for a, b in pairs(ours["best_z"], theirs["best_z"]))
