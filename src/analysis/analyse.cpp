#include "analysis/analyse.h"

#include "analysis/findings.h"
#include "analysis/settling.h"
#include "analysis/word_classes.h"

namespace logitlens {

void analyse(LensTable& table, const WordClasses& classes) {
  for (Row& row : table.rows()) {
    row.settling = settle(row, table.layers, table.run.settle_rank, table.run.settle_kl);
  }
  table.findings = make_findings(table);
  table.findings.classes = compare_classes(table, classes);
}

}  // namespace logitlens
