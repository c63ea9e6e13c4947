// Short ways to write tensor rules: a dense layer or a norm is a weight and, behind it in the list of slots, its bias.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "arch/arch_spec.h"

namespace logitlens {

using Rules = std::vector<TensorRule>;
using Names = std::vector<std::string>;  // of one and the same thing, in order of preference

struct RuleOptions {
  Conditions when = {};                      // for both
  std::optional<Conditions> bias_when = {};  // for the bias, besides
  bool has_bias = true;
  bool stored_in_out = false;
};

// A tensor of its own.
inline Rules tensor(Slot slot, Names names, std::vector<Dim> shape, std::string_view use,
                    Conditions when = {}) {
  return {{.slot = slot,
           .names = std::move(names),
           .shape = std::move(shape),
           .use = use,
           .when = std::move(when)}};
}

// NAME.weight of `shape`, and NAME.bias of its first size.
inline Rules weight_and_bias(Slot slot, const Names& names, std::vector<Dim> shape, std::string_view use,
                             RuleOptions options) {
  TensorRule weight{.slot = slot,
                    .names = {},
                    .shape = shape,
                    .use = use,
                    .when = options.when,
                    .stored_in_out = options.stored_in_out};
  TensorRule bias{.slot = static_cast<Slot>(static_cast<int>(slot) + 1),
                  .names = {},
                  .shape = {shape.front()},
                  .use = use,
                  .when = options.when};
  for (const std::string& name : names) {
    weight.names.push_back(name + ".weight");
    bias.names.push_back(name + ".bias");
  }
  if (options.bias_when)
    bias.when.insert(bias.when.end(), options.bias_when->begin(), options.bias_when->end());
  Rules rules = {std::move(weight)};
  if (options.has_bias) rules.push_back(std::move(bias));
  return rules;
}

// y = W x + b, W [out, in].
inline Rules dense(Slot slot, const Names& names, Dim out, Dim in, std::string_view use,
                   RuleOptions options = {}) {
  return weight_and_bias(slot, names, {out, in}, use, std::move(options));
}

inline Rules norm(Slot slot, const Names& names, Dim width, std::string_view use, RuleOptions options = {}) {
  return weight_and_bias(slot, names, {width}, use, std::move(options));
}

// The vocabulary's bias, stored under two names; an untied decoder adds its own.
inline Rules vocabulary_bias(std::string name, std::string decoder_name) {
  return {{.slot = Slot::decoder_bias,
           .names = {std::move(name), decoder_name},
           .shape = {Dim::vocab},
           .use = "decoder bias",
           .untied_name = decoder_name}};
}

inline Rules rules(std::initializer_list<Rules> parts) {
  Rules all;
  for (const Rules& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace logitlens
