// Errors as values: what went wrong, where, what was found, what was expected, and what to do about it.
#pragma once

#include <cassert>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace logitlens {

// The kind of an error; the value is the process's exit code when a command ends with it.
enum class Code {
  internal = 1,   // a bug of ours
  usage = 2,      // options that contradict each other, an output that exists, a lens step the family lacks
  bad_input = 3,  // a file, a text or a configuration that is not what it must be
  io = 4,         // reading or writing failed
  network = 5,
  checksum = 6,  // stored and computed check sums differ
  memory = 7,
  busy = 8,
};

// One error. Empty members are left out of the message.
struct Error {
  Code code = Code::internal;
  std::string file;                // path as the user gave it
  std::string field;               // tensor, key, option, line, byte offset
  std::string found;               // the value that is wrong
  std::string expected;            // the values that would be right
  std::string remedy;              // what the user can do, an imperative sentence without its full stop
  std::vector<std::string> names;  // a list the message shows: 5 of it, or all of it with verbose

  // "FILE: FIELD: found X, expected Y. Do Z" on at most three lines; control characters, ANSI codes and bidi marks that
  // came from a file are escaped. Without the leading "error: ".
  std::string message(bool verbose = false) const;
};

// An error of what was asked for: an option or an argument that cannot be.
Error usage_error(std::string_view field, std::string found, std::string expected, std::string remedy = "");

// A value or the error that prevented it. Nothing in logitlens throws across its API.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  // Only when ok().
  T& value() & { return *get(); }
  const T& value() const& { return *get(); }
  T&& value() && { return std::move(*get()); }
  T& operator*() & { return *get(); }
  const T& operator*() const& { return *get(); }
  T&& operator*() && { return std::move(*get()); }
  T* operator->() { return get(); }
  const T* operator->() const { return get(); }

  // Only when not ok().
  const Error& error() const& { return *std::get_if<1>(&state_); }
  Error&& error() && { return std::move(*std::get_if<1>(&state_)); }

 private:
  T* get() {
    assert(ok());
    return std::get_if<0>(&state_);
  }
  const T* get() const {
    assert(ok());
    return std::get_if<0>(&state_);
  }
  std::variant<T, Error> state_;
};

// Success, or an error.
using Status = Result<std::monostate>;
inline Status ok_status() { return Status(std::monostate{}); }

}  // namespace logitlens

// Hands an error on to the caller: LL_TRY(status) and LL_ASSIGN(auto x, result).
#define LL_CONCAT_INNER(a, b) a##b
#define LL_CONCAT(a, b) LL_CONCAT_INNER(a, b)
#define LL_TRY(expression)                                                                   \
  do {                                                                                       \
    if (auto ll_status = (expression); !ll_status.ok()) return std::move(ll_status).error(); \
  } while (false)
#define LL_ASSIGN(target, expression) LL_ASSIGN_INNER(LL_CONCAT(ll_result_, __LINE__), target, expression)
#define LL_ASSIGN_INNER(result, target, expression)   \
  auto result = (expression);                         \
  if (!result.ok()) return std::move(result).error(); \
  target = std::move(result).value()
