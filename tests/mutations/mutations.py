"""Bugs to plant: a text of a source file, what replaces it, and the tests that must notice."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Mutation:
    name: str
    file: str
    old: str  # occurs once in the file (cli/test_mutations.py checks that)
    new: str
    unit: str = ""  # a filter of logitlens_tests
    program: tuple[str, ...] = ()  # modules under tests/, run with the mutated program


MUTATIONS = [
    # --- files are checked
    Mutation("a safetensors header may be a byte longer than its file", "src/io/safetensors.cpp",
             "if (length > size - kLengthBytes)", "if (length > size - kLengthBytes + 1)", "*SafetensorsFaults*"),
    Mutation("a tensor may end a byte behind the file", "src/io/safetensors_header.cpp",
             "if (entry.end > data_size)", "if (entry.end > data_size + 1)", "*SafetensorsFaults*"),
    Mutation("a tensor's size in bytes overflows", "src/io/safetensors_dtypes.cpp",
             "checked_mul(elements, dtype.bits);", "std::optional(elements * dtype.bits);", "*SafetensorsFaults*"),
    Mutation("a block's checksum is not compared", "src/io/leveldb_table.cpp",
             "if (stored != computed)", "if (stored == ~computed)", "*Bundle*", ("faults/test_catalogue",)),
    Mutation("a tensor's checksum is not compared", "src/io/tensor_bundle.cpp",
             "if (stored == computed) return ok_status();", "if (stored == computed || stored != 0) return ok_status();",
             "*Bundle*", ("faults/test_catalogue",)),
    Mutation("a key may occur twice in JSON", "src/io/json_parse.cpp",
             "if (twice == keys.end()) return true;", "if (twice == keys.end() || !keys.empty()) return true;",
             "ParseJson*:*SafetensorsFaults*"),
    Mutation("a shard may lie outside of the model's folder", "src/io/safetensors_shards.cpp",
             'return part == "..";', 'return part == "...";', "Shards*", ("faults/test_catalogue",)),
    Mutation("the last weight of a tensor may be NaN", "src/model/weight_checks.cpp",
             "std::min(chunk_floats, weight.size() - first)", "std::min(chunk_floats, weight.size() - first) - 1",
             "WeightFault*"),
    Mutation("the tokenizer may have a token more than the model", "src/engine/open.cpp",
             "<= config.vocab) return ok_status();", "<= config.vocab + 1) return ok_status();", "", ("faults/test_catalogue",)),
    # --- files are written whole, and never over what is read
    Mutation("a file is not synced before it gets its name", "src/io/file_writer.cpp",
             "if (error_ == 0 && ::fsync(fd_) != 0) error_ = errno;", "", "Sync*"),
    Mutation("a folder is not synced after its file has a name", "src/io/file_writer.cpp",
             "if (is_published) error_ = sync_folder(", "if (error_ != 0) error_ = sync_folder(", "Sync*"),
    Mutation("a failed write goes unnoticed", "src/io/file_writer.cpp",
             "else if (errno != EINTR)\n      error_ = errno;", "else if (errno != EINTR)\n      return;", "FileWriter*"),
    Mutation("a file that is not finished stays", "src/io/file_writer.cpp",
             "if (fd_ < 0) return;", "if (fd_ < 100000) return;", "FileWriter*"),
    Mutation("an output may be the input by another name", "cli/options.cpp",
             "if (std::filesystem::equivalent(output, input, error) && !error) {", "if (output == input) {", "", ("cli/test_outputs",)),
    # --- what is shown is inert
    Mutation("markup in a title is not escaped", "src/render/html.cpp",
             "case '<': out += \"&lt;\"; break;", "case '<': out += c; break;", "HtmlWriter*"),
    Mutation("markup in a page's data is not escaped", "src/render/html.cpp",
             'out += "\\\\u003c";', 'out += "<";', "HtmlWriter*"),
    Mutation("bidi controls reach the terminal", "src/base/escape.cpp",
             "case UTF8PROC_CATEGORY_CF:\n", "", "", ("cli/test_safe_output",)),
    Mutation("a cell may begin with @", "src/render/csv_cells.cpp", '"=+-@\\t\\r"', '"=+-\\t\\r"', "CsvWriter*"),
    # --- numbers
    Mutation("query and key are swapped", "src/arch/bert.cpp",
             'dense(attention_query_weight, {prefix + "query"}, query, hidden, "attention query"),\n'
             '                dense(attention_key_weight, {prefix + "key"}',
             'dense(attention_query_weight, {prefix + "key"}, query, hidden, "attention query"),\n'
             '                dense(attention_key_weight, {prefix + "query"}', "*Goldens*"),
    Mutation("the norm has no eps", "src/kernels/layer_norm.cpp",
             "variance + static_cast<double>(eps)", "variance + 0 * static_cast<double>(eps)", "LayerNorm*"),
    Mutation("equals of the target outrank it", "src/kernels/vocabulary_sums.cpp",
             "hn::Gt(v, limit)", "hn::Ge(v, limit)", "VocabularySums*:DecodedRows*"),
    Mutation("of equal logits the later is best", "src/kernels/vocabulary_sums.cpp",
             "if (b.max > a.max) {", "if (b.max >= a.max) {", "VocabularySums*:DecodedRows*"),
    Mutation("the deviation is a sample's", "src/lens/row_sums.cpp",
             "sums.m2 / sums.count", "sums.m2 / (sums.count - 1)", "DecodedRows*"),
    Mutation("of several masks the first alone is set", "src/engine/sweep.cpp",
             "batch.ids[row_of(position)] = plan_.mask_id;", "batch.ids[row_of(sequence.masked.front() + 0 * position)] = plan_.mask_id;",
             "*Goldens*:MaskOrder*:*AnyModel*"),
    Mutation("a row is the position before the one asked for", "src/engine/sweep.cpp",
             "batch.asked.push_back(row_of(plan_.rows[row].position));",
             "batch.asked.push_back(row_of(std::max(plan_.rows[row].position, 1) - 1));", "*Goldens*:*AnyModel*"),
    Mutation("a text one token too long passes", "src/text/truncate.cpp", "if (tokens.size() <= positions) return std::size_t{0};",
             "if (tokens.size() <= positions + 1) return std::size_t{0};", "FitLength*", ("faults/test_catalogue",)),
]
