/* prove.h - what a treaty says that can never be, and what it says twice: proved over the checked
 * tree, and shown by the compiled program where a case shows it. */
#ifndef TR_PROVE_H
#define TR_PROVE_H

#include "engine/check.h"
#include "engine/program.h"

/* Reports into check->diags. `memory` holds what the proofs need until it is closed. */
void tr_prove(tr_check *check, treaty_program *program, tr_memory *memory);

#endif
