// What a finished table says: settling layers of every row, and the findings of the whole.
#pragma once

#include "logitlens/table.h"

namespace logitlens {

// Fills `settling` of every row, and `findings`, from the series that are there.
void analyse(LensTable& table);

}  // namespace logitlens
