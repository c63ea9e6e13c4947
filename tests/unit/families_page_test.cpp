// docs/families.md says what src/arch says. LOGITLENS_UPDATE=1 writes the page instead.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "arch/family_text.h"

namespace logitlens {
namespace {

const std::string path = std::string(LL_TEST_DATA) + "/../../docs/families.md";

TEST(FamiliesPage, IsMadeFromTheSpecifications) {
  if (std::getenv("LOGITLENS_UPDATE")) std::ofstream(path) << families_page();
  std::stringstream page;
  page << std::ifstream(path).rdbuf();
  EXPECT_EQ(page.str(), families_page());
}

TEST(Families, NameEveryTensorOnceAndEverySizeTheyUse) {
  for (const ArchSpec* spec : architectures()) {
    SCOPED_TRACE(spec->model_type);
    std::set<Slot> slots;
    std::set<std::string> names;
    for (const TensorRule& rule : spec->tensors) {
      EXPECT_TRUE(slots.insert(rule.slot).second) << rule.names.front();
      for (const std::string& name : rule.names) {
        EXPECT_TRUE(names.insert(name).second) << name;
        EXPECT_EQ(name.find("{layer}") != std::string::npos, is_block_slot(rule.slot)) << name;
      }
      EXPECT_FALSE(rule.shape.empty() || rule.use.empty()) << rule.names.front();
    }
    EXPECT_TRUE(slots.contains(Slot::word_embeddings) && slots.contains(Slot::decoder_weight));
    EXPECT_FALSE(spec->no_head_remedy.empty() || spec->lm_classes.empty() || spec->base_prefixes.empty());
    EXPECT_EQ(find_architecture(spec->model_type), spec);
    EXPECT_EQ(find_architecture_of_class(spec->lm_classes.front()), spec);
  }
}

}  // namespace
}  // namespace logitlens
