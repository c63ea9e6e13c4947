#include "analysis/analyse.h"

#include "analysis/findings.h"
#include "analysis/settling.h"

namespace logitlens {

void analyse(LensTable& table) {
  for (Row& row : table.rows()) {
    row.settling = settle(row, table.layers, table.run.settle_rank, table.run.settle_kl);
  }
  table.findings = make_findings(table);
}

}  // namespace logitlens
