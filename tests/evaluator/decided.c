/* decided.c - see decided.h. */
#include "decided.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "grammar/civil.h"

bool decided_by_clauses(const treaty_decision *decision) {
  switch (decision->kind) {
    case TREATY_LEAD_OPENED:
    case TREATY_LEAD_PHASE_CHANGED:
    case TREATY_LEAD_ADOPTED:
    case TREATY_LEAD_JOINED:
    case TREATY_CRITERION_CHANGED:
    case TREATY_ACCOUNT_MERGED:
    case TREATY_EVENT_VOIDED:
    case TREATY_EVENT_UNBOUND: return false;
    default: return true;
  }
}

typedef struct line {
  char *text;
  size_t length;
} line;

__attribute__((format(printf, 2, 3))) static void put(line *line, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  size_t left = DECIDED_BYTES - line->length;
  int needed = vsnprintf(line->text + line->length, left, format, arguments);
  line->length += (size_t)needed < left ? (size_t)needed : left - 1;
  va_end(arguments);
}

static void put_text(line *line, const char *name, const char *text) {
  if (text) put(line, " %s %s", name, text);
}

static void put_instant(line *line, const char *name, int64_t instant_ms) {
  char time[TR_TIME_TEXT_BYTES];
  if (instant_ms == 0 || instant_ms == TREATY_NEVER) return;
  tr_format_instant(instant_ms, time);
  put(line, " %s %s", name, time);
}

static void put_span(line *line, const char *name, int64_t span_ms) {
  if (span_ms != 0) put(line, " %s %" PRId64 " ms", name, span_ms);
}

void decided_print(const treaty_decision *decision, const char *lead, uint32_t clause_line,
                   char text[DECIDED_BYTES]) {
  line line = {.text = text};
  put(&line, "%s of %s", treaty_decision_type(decision->kind), lead);
  put_instant(&line, "at", decision->time_ms);
  if (clause_line) put(&line, " by line %u", clause_line);
  if (decision->agreement) put(&line, " of %s@%u", decision->agreement, decision->version);
  put_text(&line, "from", decision->from);
  put_text(&line, "to", decision->to);
  put_text(&line, "name", decision->name);
  put_text(&line, "party", decision->party);
  /* how a refusal is worded is the golden tests' */
  if (decision->kind != TREATY_POWER_REFUSED) put_text(&line, "reason", decision->reason);
  put_text(&line, "say", decision->say);
  put_instant(&line, "began", decision->offered_ms);
  put_instant(&line, "due", decision->due_ms);
  put_instant(&line, "answered", decision->answered_ms);
  put_instant(&line, "ended", decision->ended_ms);
  put_span(&line, "open", decision->open_ms);
  put_span(&line, "wall", decision->wall_ms);
  put_span(&line, "paused", decision->paused_ms);
  put_span(&line, "share", decision->percent_millionths);
  if (decision->person.bytes)
    put(&line, " with %.*s", (int)decision->person.length, decision->person.bytes);
  put_instant(&line, "contacted", decision->contacted_ms);
  if (decision->count) put(&line, ", %u where %u may be", decision->count, decision->most);
  put_span(&line, "in", decision->span_ms);
  put(&line, "%s%s%s%s", decision->won ? ", won" : "", decision->late ? ", late" : "",
      decision->accepts ? ", accepts" : "", decision->at_once ? ", at once" : "");
}
