"""The catalogue's entries about what the weights are, and about config.json."""

import array
import struct

from checkpoint import WIDTHS, both, config, file, json_file, tensors
from entries import MODEL, SWEEP, TEXT, Accepted, Case

WEIGHTS, CONFIG = "model.safetensors", "config.json"
INNER = "bert.encoder.layer.2.intermediate.dense.weight"
NORM = "bert.encoder.layer.2.output.LayerNorm.weight"
PUBLISHED = "Use the configuration that the model was published with"
TOGETHER = "Check that configuration and weights belong together"


def floats(name, values):
    """A tensor's values at some places; `values` as None: at all of them."""
    def edit(stored):
        dtype, shape, content = stored[name]
        numbers = array.array("f", content)
        for at, value in values.items():
            for i in range(len(numbers)) if at is None else [at]:
                numbers[i] = value
        stored[name] = (dtype, shape, numbers.tobytes())
    return tensors(edit)


def retyped(name, dtype):
    """The tensor with as many zeros of another type."""
    def edit(stored):
        _, shape, content = stored[name]
        stored[name] = (dtype, shape, bytes(len(content) // 4 * WIDTHS[dtype]))
    return tensors(edit)


def converted(dtype):
    """Every tensor of the model in another type of floats; float64 keeps the values as they are."""
    def edit(stored):
        for name, (old, shape, content) in stored.items():
            numbers = array.array("f", content)
            if dtype == "F64":
                content = array.array("d", numbers).tobytes()
            elif dtype == "F16":
                content = struct.pack(f"<{len(numbers)}e", *numbers)
            else:
                content = b"".join(content[i + 2 : i + 4] for i in range(0, len(content), 4))
            stored[name] = (dtype, shape, content)
    return tensors(edit)


def without(part):
    def edit(stored):
        for name in [name for name in stored if part in name]:
            del stored[name]
    return tensors(edit)


def misspelled(stored):
    stored[INNER.replace("weight", "wieght")] = stored.pop(INNER)


def weights(clause, name, change, field, found, remedy, **more):
    return Case(clause, name, change, WEIGHTS, field, found, remedy, **more)


def of_config(clause, name, change, field, found, remedy, file_name=CONFIG, **more):
    return Case(clause, name, change, file_name, field, found, remedy, **more)


def layers(name, value, found):
    return of_config("zero, negative, string or 10^9 layers", name, config(num_hidden_layers=value), "num_hidden_layers",
                     f"found {found}, expected an integer from 1 to 1000", PUBLISHED)


def absent(key):
    return json_file("config.json", lambda value: value.pop(key) and None)


WEIGHT_ENTRIES = [
    *(weights("NaN or infinity: tensor, index, count", name, floats(INNER, {7: float(value), 9: float(value)}), INNER,
              f"{shown} at index 7, 2 non-finite values in all", "--allow-nonfinite")
      for name, value, shown in (("nan", "nan", "NaN"), ("infinity", "inf", "infinity"), ("minus_infinity", "-inf", "-infinity"))),
    weights("NaN or infinity: tensor, index, count", "nan_in_an_unused_row",
            floats("bert.embeddings.word_embeddings.weight", {294 * 36 + 35: float("nan")}),
            "bert.embeddings.word_embeddings.weight", "NaN at index 10619, 1 non-finite", "--allow-nonfinite"),
    weights("NaN or infinity: tensor, index, count", "nan_by_dump", floats(INNER, {7: float("nan")}), INNER, "NaN at index 7",
            "Download or export", command=("dump", MODEL, TEXT, "-o", "{new}.safetensors")),
    Accepted("NaN or infinity accepted with --allow-nonfinite", "allowed", floats(INNER, {7: float("nan")}),
             ("rows hold a null because their logits are all equal or not finite",),
             command=("sweep", MODEL, TEXT, "--allow-nonfinite")),
    weights("wrong shape: both shapes", "transposed", tensors(lambda stored: stored.update({INNER: ("F32", [36, 96], stored[INNER][2])})),
            "shapes", f"{INNER} is [36, 96], the configuration says [96, 36] (intermediate_size, hidden_size)", TOGETHER),
    weights("missing tensors: count, first 5, nearest names", "ten_missing", without("layer.1.attention"), "tensors", "10 missing",
            "Use a complete checkpoint of this architecture"),
    weights("missing tensors: count, first 5, nearest names", "first_five", without("layer.1.attention"), "tensors",
            "bert.encoder.layer.1.attention.self.query.weight", "and 5 more"),
    weights("missing tensors: count, first 5, nearest names", "all_with_verbose", without("layer.1.attention"), "tensors",
            "10 missing", "bert.encoder.layer.1.attention.output.LayerNorm.bias", command=(*SWEEP, "--verbose"), absent=("more",)),
    weights("missing tensors: count, first 5, nearest names", "nearest", tensors(misspelled), "tensors", "1 missing",
            f"{INNER} (nearest: {INNER.replace('weight', 'wieght')})"),
    weights("missing tensors: count, first 5, nearest names", "no_head", without("cls."), "prediction head", "no LM head", "BertForMaskedLM"),
    Accepted("extra tensors: listed as not used", "extra", tensors(lambda stored: stored.update({"classifier.weight": ("F32", [2], bytes(8))})),
             ("classifier.weight  F32 [2]  not used",), command=("inspect", MODEL, "--verbose")),
    Accepted("extra tensors: listed as not used", "extra_changes_nothing",
             tensors(lambda stored: stored.update({"classifier.weight": ("F32", [2], bytes(8))})), same_as_unchanged=True),
    Accepted("F16, BF16, F64 converted and said", "f64", converted("F64"), ("weights stored as F64 are computed with as float32",),
             same_as_unchanged=True),
    Accepted("F16, BF16, F64 converted and said", "f16", converted("F16"), ("weights stored as F16 are computed with as float32",)),
    Accepted("F16, BF16, F64 converted and said", "bf16", converted("BF16"), ("weights stored as BF16 are computed with as float32",)),
    *(weights("integer or FP8 refused where a tensor we use has it", dtype.lower(), retyped(INNER, dtype), "types",
              f"{INNER} ({dtype})", "Convert the weights to float32 first") for dtype in ("I32", "F8_E4M3")),
    *(Accepted("integer or FP8 in a tensor we ignore", dtype.lower() + "_ignored",
               tensors(lambda stored, dtype=dtype: stored.update({"other": (dtype, [2], bytes(2 * WIDTHS[dtype]))})), same_as_unchanged=True)
      for dtype in ("I32", "F8_E4M3")),
    Case("finite weights that overflow: layer and record", "overflow", floats("bert.encoder.layer.1.output.dense.weight", {None: 3e38}),
         None, "layer 2", "a hidden state that overflows, in sequence 0 at position 0", "Check the weights with `logitlens verify`"),
]

CONFIG_ENTRIES = [
    of_config("hidden size no multiple of heads", "heads", config(num_attention_heads=5), "num_attention_heads", "found 5, expected a divisor of hidden_size 36",
              PUBLISHED),
    layers("no_layers", 0, "0"),
    layers("negative_layers", -1, "-1"),
    layers("layers_as_a_string", "5", '"5"'),
    layers("layers_10_9", 10**9, "1000000000"),
    layers("layers_as_a_float", 5.5, "5.5"),
    of_config("vocab_size other than the embedding rows", "vocab_size", config(vocab_size=300), "shapes",
              "bert.embeddings.word_embeddings.weight is [295, 36], the configuration says [300, 36]", TOGETHER, WEIGHTS),
    of_config("tokenizer larger than the embeddings: never clamped", "tokenizer_larger",
              both(config(vocab_size=294), tensors(lambda stored: stored.update({
                  "bert.embeddings.word_embeddings.weight": ("F32", [294, 36], stored["bert.embeddings.word_embeddings.weight"][2][:-144]),
                  "cls.predictions.bias": ("F32", [294], bytes(1176))}))), "vocab_size",
              "294, but the tokenizer has 295 tokens", "Use the tokenizer that belongs to this checkpoint"),
    of_config("unknown activation: list the supported", "activation", config(hidden_act="geluu"), "hidden_act",
              'found "geluu", expected one of gelu, ', PUBLISHED),
    of_config("unknown model_type: list the supported", "model_type", config(model_type="t5"), "model_type",
              'found "t5", expected one of bert, roberta, ', PUBLISHED),
    of_config("unknown model_type: list the supported", "model_type_number", config(model_type=7), "model_type", "found 7",
              PUBLISHED),
    of_config("positions other than the table", "positions", config(max_position_embeddings=128), "shapes",
              "bert.embeddings.position_embeddings.weight is [160, 36], the configuration says [128, 36]", TOGETHER, WEIGHTS),
    of_config("eps 0 or NaN", "eps_0", config(layer_norm_eps=0), "layer_norm_eps",
              "found 0, expected a number above 0 and at most 1", PUBLISHED),
    of_config("eps 0 or NaN", "eps_nan", file(CONFIG, '{"model_type": "bert", "layer_norm_eps": NaN}'), "byte ", "invalid literal",
              "write the file again"),
    of_config("eps 0 or NaN", "eps_null", config(layer_norm_eps=None), "layer_norm_eps", "found null", PUBLISHED),
    of_config("eps 0 or NaN", "eps_1e999", file(CONFIG, '{"model_type": "bert", "layer_norm_eps": 1e999}'), "byte ",
              "number overflow", "write the file again"),
    of_config("special id beyond the vocabulary", "pad_id", config(pad_token_id=295), "pad_token_id", 
              "found 295, expected an id from 0 to 294", PUBLISHED),
    of_config("special id beyond the vocabulary", "negative_id", config(pad_token_id=-1), "pad_token_id", "found -1", PUBLISHED),
    of_config("missing field without a default", "no_vocab_size", absent("vocab_size"), "vocab_size", "found nothing",
              PUBLISHED, golden="esm"),
    of_config("missing field without a default", "no_model_type", both(absent("model_type"), absent("architectures")), "model_type",
              "found nothing, expected one of", PUBLISHED),
    Case("missing field without a default", "no_config", lambda checkpoint: checkpoint.remove(CONFIG), "", "config.json",
         "no such file", "Download config.json into the same directory"),
    Accepted("auto_map is never executed", "auto_map",
             both(config(auto_map={"AutoModelForMaskedLM": "evil.Model"}), file("evil.py", "open('executed', 'w')\nraise SystemExit(9)\n")),
             same_as_unchanged=True),
]
