// The public API from outside: the embedded model's guess for every word of a verse.
#include <cstdio>

#include "logitlens/logitlens.h"

int main() {
  using namespace logitlens;
  const auto model = Model::open("demo");
  if (!model.ok()) {
    std::fprintf(stderr, "%s\n", model.error().message().c_str());
    return 1;
  }
  const auto table =
      model->sweep("In the beginning God created the heaven and the earth.", {.lens = Lens::full, .top = 1});
  if (!table.ok()) {
    std::fprintf(stderr, "%s\n", table.error().message().c_str());
    return 1;
  }
  for (const Row& row : table->rows()) {
    std::printf("%d: %s\n", row.position, row.top.back().front().token.c_str());
  }
  return table->rows().size() == 11 ? 0 : 1;
}
