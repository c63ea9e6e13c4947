// TEXT end to end on tiny models, with every kind of mask, lens, tap and length: bytes of options, then the text, a
// second text, a mask as the command line writes it, and target tokens.
#include "sweep_support.h"

namespace logitlens::fuzz {
namespace {

const Model& model_of(std::size_t choice) {
  static const std::vector<Model> models = [] {
    std::vector<Model> opened;
    for (const char* name : {"bert", "roberta", "albert", "gpt2", "deberta-v2", "modernbert"})
      opened.push_back(Model::open(std::string(LL_TEST_DATA) + "/goldens/" + name).value());
    return opened;
  }();
  return models[choice % models.size()];
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

SweepOptions options_of(Numbers& numbers) {
  SweepOptions options;
  options.mask.kind = static_cast<Mask::Kind>(numbers.below(4));  // positions come as text
  options.lens = static_cast<Lens>(numbers.below(5));
  options.taps = static_cast<Taps>(numbers.below(3));
  options.max_length = static_cast<MaxLength>(numbers.below(3));
  options.window_stride = options.max_length == MaxLength::window ? static_cast<int>(numbers.below(200)) : 0;
  options.top = static_cast<int>(numbers.below(7));
  options.track_best = numbers.flag();
  if (numbers.flag()) options.layers = {static_cast<int>(numbers.below(6)), 2};
  if (numbers.flag()) options.statistics = {statistics()[numbers.below(statistics().size())].name, "best_id"};
  options.threads = 1;
  return options;
}

// Other threads and batches: the same bytes.
void check_same_again(const Model& model, std::string_view text, SweepOptions options,
                      const LensTable& table) {
  options.threads = 2;
  options.batch_rows = 1;
  const auto again = model.sweep(text, options);
  check(again.ok(), "the same sweep has the same outcome");
  check(json_of(*again) == json_of(table), "the same sweep has the same bytes");
}

}  // namespace

FUZZ_TARGET(text) {
  Numbers numbers(input);
  const Model& model = model_of(numbers.below(6));
  const std::size_t extras = numbers.below(16);
  SweepOptions options = options_of(numbers);
  const auto parts = split(input, 4);
  if (extras & 1) options.second = parts[1];
  if (!parts[2].empty()) {
    const auto mask = parse_mask(parts[2]);
    if (succeeded(mask)) options.mask = *mask;
  }
  if (extras & 2) options.targets = lines_of(parts[3]);
  if (extras & 4) options.tracked = lines_of(parts[3]);
  const auto table = model.sweep(parts[0], options);
  if (!succeeded(table)) return;
  check_table(*table);
  if (extras & 8) check_same_again(model, parts[0], options, *table);
}

}  // namespace logitlens::fuzz
