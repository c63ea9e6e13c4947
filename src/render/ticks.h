// Round numbers along an axis.
#pragma once

#include <vector>

namespace logitlens {

struct Ticks {
  double step = 1;             // 1, 2 or 5 times a power of ten
  std::vector<double> values;  // ascending, its multiples
};

// Those between lowest and highest, in about `count` steps. The one number of an axis without a range; none where the range
// is no number.
Ticks round_ticks(double lowest, double highest, int count);

}  // namespace logitlens
