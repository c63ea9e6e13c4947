#include "analysis/analyse.h"

#include "analysis/findings.h"
#include "analysis/layer_outputs.h"
#include "analysis/settling.h"
#include "analysis/word_classes.h"

namespace logitlens {

void analyse(LensTable& table, const WordClasses& classes) {
  LensTable outputs = layer_outputs(table);
  for (Row& row : outputs.rows()) {
    row.settling = settle(row, outputs.layers, table.run.settle_rank, table.run.settle_kl);
  }
  table.findings = make_findings(outputs);
  table.findings.classes = compare_classes(outputs, classes);
  for (std::size_t r = 0; r < table.rows().size(); ++r) table.rows()[r].settling = outputs.rows()[r].settling;
}

}  // namespace logitlens
