// What a finished table says: settling layers of every row, and the findings of the whole.
#pragma once

#include "logitlens/table.h"
#include "logitlens/words.h"

namespace logitlens {

// Fills `settling` of every row, and `findings`, from the series that are there.
void analyse(LensTable& table, const WordClasses& classes = english_closed_class());

}  // namespace logitlens
