/* targets.h - the fuzzers, in one registry: whatever takes bytes from outside has a row here and a
 * file of its own.
 *
 * A target takes any bytes and ends: it must neither crash nor hang, leak nor grow without bound,
 * and its asserts say what else must hold. Two programs drive the targets: libfuzzer.c under
 * clang's libFuzzer, which looks for new ways through the code (`./dev fuzz`), and smoke.c in each
 * build, a few seconds every day. Both begin with the corpus, which corpus.py gathers. */
#ifndef TARGETS_H
#define TARGETS_H

#include <stddef.h>
#include <stdint.h>

/* T(name, inputs that the smoke run takes, and a short run of libFuzzer: about half a minute; what
 * the bytes are) */
/* clang-format off */
#define FUZZ_TARGETS(T)                                                                              \
  T(treaty,    150,   6000, "a treaty, from its text to decisions")                                  \
  T(csv,       400,  25000, "the file of a list and of a catalogue")                                 \
  T(holidays,  400,  25000, "the holidays of a calendar, as iCalendar has them")                     \
  T(event,     800,   1000, "lines of a feed, from JSON to decisions")                               \
  T(regex,    2000, 500000, "a pattern of `matches`, and the text that it is asked about")           \
  T(zone,      800, 400000, "a zone as TZif has it")                                                 \
  T(bundle,    100,  20000, "what a program was made from, as a store keeps it")                     \
  T(sealed,   1000, 200000, "a sealed treaty, with a hash that fits")                                \
  T(records,  1500, 400000, "the log of a store: records, and the packed segment around them")      \
  T(protocol, 2000, 500000, "a line between service and client: hello, reply, decision")
/* clang-format on */

#define FUZZ_DECLARE(name, smoke, runs, what) void fuzz_##name(const uint8_t *bytes, size_t length);
FUZZ_TARGETS(FUZZ_DECLARE)
#undef FUZZ_DECLARE

typedef struct fuzz_target {
  const char *name;
  int smoke_inputs, runs;
  const char *what;
  void (*run)(const uint8_t *bytes, size_t length);
} fuzz_target;

static const fuzz_target fuzz_targets[] = {
#define FUZZ_ROW(name, smoke, runs, what) {#name, smoke, runs, what, fuzz_##name},
    FUZZ_TARGETS(FUZZ_ROW)
#undef FUZZ_ROW
};

#define FUZZ_TARGET_COUNT (sizeof fuzz_targets / sizeof *fuzz_targets)

#endif
