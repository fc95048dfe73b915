/* witness.h - a case that a proof has found, as a test that shows it: written in the language, read
 * and checked like any other, and run by the engine. What the engine does not show is not told of
 * as a fact. */
#ifndef TR_WITNESS_H
#define TR_WITNESS_H

#include "engine/program.h"
#include "engine/proof.h"

typedef struct tr_witness {
  const char *name;        /* of the test */
  int64_t day;             /* the first on which it can be shown */
  uint32_t stage;          /* where the lead stands */
  const char *expects;     /* lines that say what happens; each ends a line */
  const tr_code *codes[2]; /* conditions that are true behind it; NULL: none */
} tr_witness;

/* The test as text, where the engine shows it. NULL: it does not, or nothing that a test can give
 * was found to bring the case about; then *why says of what, as the end of a sentence, else it is
 * NULL. To be asked right after PROOF_YES. */
const char *tr_witness_show(tr_proof *proof, treaty_program *program, const tr_witness *witness,
                            const char **why);

#endif
