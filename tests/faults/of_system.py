"""The catalogue's entries about disks, memory and signals, downloads, the server, and the report."""

from checkpoint import file, vocabulary
from entries import MODEL, TEXT, Accepted, Case, Elsewhere, Later

RESUME = "nothing is resumed yet: it comes with the corpus command"
HUB = "nothing is downloaded yet: a hub id is looked up in the cache alone"
SERVER = "there is no server yet"
RESOURCES = "cli/test_resources.py"

SYSTEM_ENTRIES = [
    Elsewhere("disk full", "cli/test_outputs.py", "test_a_full_disk"),
    Later("disk full: the last checkpoint is valid", RESUME),
    Elsewhere("disk full", RESOURCES, "test_a_full_disk_leaves_nothing"),
    Elsewhere("read-only directory, before the model loads", RESOURCES, "test_a_read_only_file_system_is_noticed_before_the_model"),
    Case("read-only directory, before the model loads", "folder_missing", None, "{new}/none/a.json", "output", "no folder",
         "Create the folder first", code=4, command=("sweep", "no-model", TEXT, "-o", "{new}/none/a.json")),
    Later("SIGKILL anywhere: a resume gives the same bytes", RESUME),
    Later("SIGINT, SIGTERM: checkpoint within 2 s, the resume command", RESUME),
    Later("resume with another model, options or input", RESUME),
    Later("two runs on one output", "comes with the corpus command's lock; tables are written under another name and renamed at the end"),
    Later("stale lock after a kill: taken over", "there is no lock yet"),
    Elsewhere("SIGINT, SIGTERM", RESOURCES, "test_an_interrupted_pass_ends_at_once_and_leaves_nothing"),
    Elsewhere("fsync error: stop, never retry", "unit/sync_test.cpp", "AFailureIsFinalAndLeavesNothing"),
    Elsewhere("bad_alloc in our own code", RESOURCES, "test_allocations_of_ours_that_fail"),
    Elsewhere("address space limit (ulimit -v)", RESOURCES, "test_a_limited_address_space"),
    Elsewhere("model truncated under the map: no SIGBUS death", RESOURCES, "test_weights_truncated_during_a_run"),
    Elsewhere("model changed during a run", RESOURCES, "test_weights_written_to_during_a_run"),
    Elsewhere("EPIPE: quiet", "cli/test_outputs.py", "test_a_closed_pipe_is_quiet"),
    Case("output path equal to the input", "output_is_input", file("t.txt", TEXT), "t.txt", "output", "a file that is read",
         "Choose another name", code=2, command=("sweep", MODEL, "--file", MODEL + "/t.txt", "-o", MODEL + "/t.txt", "--force")),
    *(Case("output path equal to a file of the model", f"output_is_{name.replace('.', '_')}", None, name, "output", "a file that is read",
           "Choose another name", code=2, command=("sweep", MODEL, TEXT, "-o", f"{MODEL}/{name}", "--force"))
      for name in ("config.json", "vocab.txt", "tokenizer.json")),
    Case("output path equal to a file of the model", "output_is_the_weights", None, "model.safetensors", "output", "a file that is read",
         "Choose another name", code=2, command=("dump", MODEL, TEXT, "-o", MODEL + "/model.safetensors", "--force")),
]

DOWNLOAD_ENTRIES = [Later(clause, HUB) for clause in (
    "truncated: resumed, 5 tries", "Range answered 200: restart", "ETag changed: restart", "wrong SHA: quarantine",
    "200 with an HTML login page", "401/403: token or licence hint, the token never printed", "404: repository, revision, file",
    "429/503: Retry-After", "500: back-off", "stalled transfer: minimum-speed time-out",
    "endless body: stop at the declared size", "https to http redirect: refused", "cross-host redirect: drop Authorization",
    "../ names: refused", "concurrent downloads: one wins, all correct")]

SERVER_ENTRIES = [Later(clause, SERVER) for clause in (
    "body over 2 MB, also chunked (413)", "endless header (431)", "slow client (408)", "1,000 connections (503, recovers)",
    "malformed or deep JSON (400)", "foreign Host or Origin (403, no CORS headers)", "no token (401)",
    "client gone during inference: cancelled", "port taken", "non-loopback bind refused without flag and token")]

MARKUP = '<script>window.ran=1</script>"><img onerror=alert()><!--'
REPORT_ENTRIES = [
    Accepted("markup in the text", "markup_in_text", None, ("\\u003cscript\\u003ewindow.ran", "&lt;script&gt;window.ran"),
             absent=("<script>window", "<img onerror", "><!--"), command=("sweep", MODEL, MARKUP, "--format", "html")),
    Accepted("markup in vocabulary tokens", "markup_in_tokens", vocabulary(lambda lines: lines[:5] + [line + MARKUP for line in lines[5:-1]]),
             ("\\u003cscript\\u003ewindow.ran",), absent=("<script>window", "<img onerror", "><!--"),
             command=("sweep", MODEL, "[MASK]", "--format", "html")),
    Accepted("CSV cells beginning = + - @ are escaped", "csv", vocabulary(lambda lines: lines[:5] + ["@" + line for line in lines[5:-1]]),
             (",'@",), absent=(",@",), command=("sweep", MODEL, "[MASK]", "--format", "csv")),
    *(Elsewhere(clause, "browser/tables.test.mjs", "nothing of a text, a vocabulary or a name runs") for clause in (
        "markup in the text", "markup in vocabulary tokens", "markup in model names", "markup in file names",
        "markup in tooltips and the embedded JSON: inert in a browser, visible as text")),
    Elsewhere("content security policy, no external request", "browser/report.test.mjs",
              "the policy allows this page's script and style and nothing else"),
    Elsewhere("CSV cells beginning = + - @ are escaped", "unit/csv_writer_test.cpp", "EscapesFormulasInTextButNotNumbers"),
]
