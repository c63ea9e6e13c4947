// The pieces of reading a table back from its JSON, a file each: what stands in a row, and what was found. Each is given
// the table as far as it has been read, against which it checks what it reads.
#pragma once

#include <optional>
#include <string_view>

#include "logitlens/table.h"
#include "render/json_fields.h"

namespace logitlens {

// `rows` of the document; tokens, layers and taps have been read.
Status read_rows(JsonFields& document, LensTable& table);

// `words` of the document, and its `findings`; the rows have been read.
Status read_words(JsonFields& document, LensTable& table);
Status read_findings(JsonFields& document, LensTable& table);

// A layer whose output the table has, or null.
Result<std::optional<int>> read_layer(JsonFields& fields, std::string_view key, const LensTable& table);

// A number, or NaN for null.
Result<double> read_number_or_null(JsonFields& fields, std::string_view key);

}  // namespace logitlens
