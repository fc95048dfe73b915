/* replay_notes.c - see replay_notes.h. */
#include "runtime/replay_notes.h"

#include <inttypes.h>

#include "grammar/civil.h"

static const char *plural(uint64_t count, const char *one, const char *many) {
  return count == 1 ? one : many;
}

static void tell_refused(buffer *out, const replay_counts *counts) {
  if (counts->refused == 0) return;
  buffer_print(out, "treaty: %" PRIu64 " %s refused (", counts->refused,
               plural(counts->refused, "line was", "lines were"));
  bool some = false;
  for (int code = 1; code < TREATY_REFUSAL_COUNT; code++) {
    if (counts->refused_by_code[code] == 0) continue;
    buffer_print(out, "%s%" PRIu64 " %s", some ? ", " : "", counts->refused_by_code[code],
                 treaty_refusal_word((treaty_refusal_code)code));
    some = true;
  }
  buffer_print(out, ")\n");
}

void replay_notes(buffer *out, const replay_counts *counts) {
  tell_refused(out, counts);
  if (counts->late > 0) {
    char behind[TR_DURATION_TEXT_BYTES];
    tr_format_duration(counts->late_ms_max, behind);
    buffer_print(out, "treaty: %" PRIu64 " %s late (out of order), up to %s behind\n", counts->late,
                 plural(counts->late, "event came", "events came"), behind);
  }
  if (counts->repeated > 0)
    buffer_print(out, "treaty: %" PRIu64 " %s accepted before, and changed nothing\n",
                 counts->repeated, plural(counts->repeated, "event had been", "events had been"));
}
