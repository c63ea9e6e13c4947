// The Hugging Face hub's local cache, read only: models that another tool has downloaded, found by their hub
// id.
//
//   HUB/models--org--name/refs/<revision>             the commit a branch or tag stands at
//   HUB/models--org--name/snapshots/<commit>/<file>   links to ../../blobs/<etag>
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "io/hub_id.h"
#include "logitlens/status.h"

namespace logitlens {

// $HF_HUB_CACHE, else $HUGGINGFACE_HUB_CACHE, else $HF_HOME/hub, else $XDG_CACHE_HOME/huggingface/hub, else
// ~/.cache/huggingface/hub. Empty if none of them is set.
std::filesystem::path hub_cache_folder();

// The snapshot's directory. Without a revision and without refs/main it is the only snapshot there is. Errors
// (bad_input): not in the cache (where it was looked for, what gets it), a revision that is not there, a
// reference that is no commit, a snapshot whose download was broken off.
Result<std::string> find_in_hub_cache(const HubId& id);

struct HubSnapshot {
  std::string id;  // as find_in_hub_cache takes it: with "@revision" unless refs/main stands at the commit
  std::string commit;
  std::string path;
};

// Every snapshot in the cache, ordered by id; incomplete ones too. Entries that are not laid out like the
// hub's are skipped.
std::vector<HubSnapshot> list_hub_cache();

}  // namespace logitlens
