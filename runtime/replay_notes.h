/* replay_notes.h - what there is to say of the lines of a feed when it has been run: refused, late,
 * repeated. */
#ifndef REPLAY_NOTES_H
#define REPLAY_NOTES_H

#include "runtime/buffer.h"
#include "runtime/replay.h"

/* A sentence for each; nothing where all went well. */
void replay_notes(buffer *out, const replay_counts *counts);

#endif
