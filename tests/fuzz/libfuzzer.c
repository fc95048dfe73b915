/* libfuzzer.c - the targets under clang's libFuzzer; run.py calls it.
 *
 *   fuzz                                   the targets, and the inputs of a short run of each
 *   fuzz TARGET [-option…] [FOLDER…]       looks for bytes that break it, from those in the folders
 *   fuzz TARGET FILE                       the same bytes again */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/targets.h"

static const fuzz_target *chosen;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* Takes the target out of the arguments: the rest is libFuzzer's. */
int LLVMFuzzerInitialize(int *argc, char ***argv) {
  for (size_t i = 0; *argc > 1 && i < FUZZ_TARGET_COUNT; i++)
    if (strcmp((*argv)[1], fuzz_targets[i].name) == 0) chosen = &fuzz_targets[i];
  if (!chosen) {
    for (size_t i = 0; i < FUZZ_TARGET_COUNT; i++)
      printf("%s %d\n", fuzz_targets[i].name, fuzz_targets[i].runs);
    exit(*argc > 1 ? 2 : 0);
  }
  memmove(*argv + 1, *argv + 2, sizeof **argv * (size_t)(*argc - 1)); /* the NULL, too */
  *argc -= 1;
  return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
  chosen->run(bytes, length);
  return 0;
}
