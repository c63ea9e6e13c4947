// What a table says as a whole.
#pragma once

#include "logitlens/table.h"

namespace logitlens {

// Pseudo-log-likelihood (Salazar et al. 2020): every token masked in turn, the target's log-probabilities
// summed. Only for the mask `each`, with a value for every row, the masked tokens themselves as targets, and
// the model's last layer in the table.
Findings make_findings(const LensTable& table);

}  // namespace logitlens
