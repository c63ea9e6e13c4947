// Models that need no path: the embedded one, what script/get-bert-base left in the cache folder, and the hub
// cache's.
#include <fmt/format.h>

#include <filesystem>

#include "base/no_throw.h"
#include "io/cache_folder.h"
#include "io/checkpoint.h"
#include "io/hub_cache.h"
#include "logitlens/model.h"
#include "model/config.h"

namespace logitlens {

namespace {

// "bert, 12 layers, width 768, 30522 tokens"; nothing for what cannot be opened. Reads headers only.
std::string describe(const std::string& directory) {
  const auto described = no_throw([&]() -> Result<std::string> {
    LL_ASSIGN(const Checkpoint checkpoint, read_checkpoint(directory));
    LL_ASSIGN(const ModelConfig config, read_config(checkpoint));
    return fmt::format("{}, {} layers, width {}, {} tokens", config.arch->model_type, config.layers,
                       config.hidden, config.vocab);
  });
  return described.ok() ? *described : "";
}

}  // namespace

std::vector<KnownModel> known_models() {
  std::vector<KnownModel> models = {
      {"demo",
       "12 layers, width 128, 6,144 tokens; it knows one book, the King James Bible, and guesses elsewhere",
       "", ""}};
  const std::filesystem::path bert = cache_folder() / "bert-base-uncased";
  std::error_code fault;
  if (std::filesystem::exists(bert / "variables" / "variables.index", fault))
    models.push_back({bert.string(),
                      "BERT-base, uncased: 12 layers, width 768, 30,522 tokens; by script/get-bert-base", "",
                      bert.string()});
  for (const HubSnapshot& snapshot : list_hub_cache())
    if (std::string description = describe(snapshot.path); !description.empty())
      models.push_back({snapshot.id, std::move(description), snapshot.commit, snapshot.path});
  return models;
}

}  // namespace logitlens
