#include "analysis/analyse.h"

#include <utility>

#include "analysis/findings.h"
#include "analysis/layer_outputs.h"
#include "analysis/settling.h"
#include "analysis/word_classes.h"

namespace logitlens {

namespace {

// `outputs`: a table of layers' outputs alone.
void analyse_outputs(LensTable& outputs, const WordClasses& classes) {
  for (Row& row : outputs.rows()) {
    row.settling = settle(row, outputs.layers, outputs.run.settle_rank, outputs.run.settle_kl);
  }
  outputs.findings = make_findings(outputs);
  outputs.findings.classes = compare_classes(outputs, classes);
}

}  // namespace

void analyse(LensTable& table, const WordClasses& classes) {
  if (!has_inner_states(table)) {  // nothing to leave out: no copy
    analyse_outputs(table, classes);
    return;
  }
  LensTable outputs = layer_outputs(table);
  analyse_outputs(outputs, classes);
  table.findings = std::move(outputs.findings);
  for (std::size_t r = 0; r < table.rows().size(); ++r) table.rows()[r].settling = outputs.rows()[r].settling;
}

}  // namespace logitlens
