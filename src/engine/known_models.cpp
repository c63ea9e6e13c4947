// Models that need no path: the embedded one, and what script/get-bert-base left in the cache folder.
#include <filesystem>

#include "io/cache_folder.h"
#include "logitlens/model.h"

namespace logitlens {

std::vector<KnownModel> known_models() {
  std::vector<KnownModel> models = {
      {"demo",
       "12 layers, width 128, 6,144 tokens; it knows one book, the King James Bible, and guesses elsewhere",
       "demo"}};
  const std::filesystem::path bert = cache_folder() / "bert-base-uncased";
  std::error_code fault;
  if (std::filesystem::exists(bert / "variables" / "variables.index", fault))
    models.push_back(
        {"bert-base-uncased",
         "12 layers, width 768, 30,522 tokens; Google's weights, fetched by script/get-bert-base",
         bert.string()});
  return models;
}

}  // namespace logitlens
