/* not_yet.c - see not_yet.h.
 *
 * Ways are asked for lead by lead as things are now; then time runs on, once for all leads; then
 * what it brought is told of each. */
#include "runtime/not_yet.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "grammar/civil.h"
#include "grammar/near.h"
#include "runtime/output.h"
#include "runtime/terminal.h"

#define STAGES_MAX       200 /* of a treaty: engine/limits.h */
#define RUN_ON_MS        ((int64_t)NOT_YET_YEARS * 366 * TR_DAY_MS)
#define CONDITION_INDENT 5

static void put(buffer *out, const char *text) { buffer_put(out, text, strlen(text)); }

static void put_string(buffer *out, const char *text) {
  terminal_put_text(out, (treaty_text){.bytes = text, .length = strlen(text)});
}

bool not_yet_knows(const treaty_program *program, const char *stage) {
  const char *names[STAGES_MAX];
  size_t count = 0;
  for (const char *name; (name = treaty_program_stage(program, count)); count++) {
    if (strcmp(name, stage) == 0) return true;
    names[count] = name;
  }
  const char *near = tr_near_name(stage, names, count);
  if (near)
    say("'%s' is no stage of the treaty; did you mean '%s'?", stage, near);
  else
    say("'%s' is no stage of the treaty", stage);
  return false;
}

/* ---- What is missing ------------------------------------------------------------------------- */

/* Of the parts of a condition some hold; so many more make it true. */
static void put_wanted(buffer *out, const treaty_condition *condition) {
  size_t held = 0;
  for (size_t i = 0; i < condition->part_count; i++)
    held += condition->parts[i].truth == TREATY_TRUE;
  if (condition->part_count < 2 || condition->needed == condition->part_count) return;
  if (condition->needed == 0)
    put(out, ": none of these may hold");
  else if (held > 0)
    buffer_print(out, ": %zu hold%s, %zu more of these", held, held == 1 ? "s" : "",
                 condition->needed - held);
  else
    buffer_print(out, ": %zu of these", condition->needed);
}

/* What holds already is left out; where nothing may hold, what does not. */
static void put_missing(buffer *out, const treaty_condition *condition, int indent) {
  static const char *const words[] = {
      [TREATY_FALSE] = "[no]  ", [TREATY_TRUE] = "[yes] ", [TREATY_UNKNOWN] = "[open]"};
  if (!condition->text || !*condition->text) return;
  buffer_print(out, "%*s%s ", indent, "", words[condition->truth]);
  put_string(out, condition->text);
  if (condition->value) {
    put(out, ": ");
    put_string(out, condition->value);
  }
  put_wanted(out, condition);
  put(out, "\n");
  bool none = condition->part_count > 0 && condition->needed == 0;
  treaty_truth settled = none ? TREATY_FALSE : TREATY_TRUE;
  for (size_t i = 0; i < condition->part_count; i++)
    if (condition->parts[i].truth != settled) put_missing(out, &condition->parts[i], indent + 2);
}

static void put_place(buffer *out, const char *file, uint32_t line) {
  if (!file) return;
  put(out, "   (");
  put_string(out, file);
  buffer_print(out, ":%u)", line);
}

static void put_step(buffer *out, const not_yet *asked, size_t number,
                     const treaty_way_step *step) {
  const treaty_outlook *outlook = &step->outlook;
  buffer_print(out, "  %zu. ", number);
  put_string(out, outlook->clause);
  put_place(out, outlook->file, outlook->line);
  put(out, "\n");
  if (step->missing == 0 && step->from) put(out, "     nothing is missing\n");
  if (outlook->condition.truth != TREATY_TRUE)
    put_missing(out, &outlook->condition, CONDITION_INDENT);
  if (step->behind) {
    put(out, "     stands behind ");
    put_string(out, step->behind);
    put_place(out, step->behind_file, step->behind_line);
    put(out, ", which must be ruled out\n");
  }
  const char *by = step->from ? step->by : outlook->awaits;
  bool answered = step->from && strcmp(step->to, outlook->to) != 0; /* the clause names the party */
  if (by) buffer_print(out, "     waits for %s", by);
  if (by && answered) buffer_print(out, ", which leads to %s", step->to);
  if (by) put(out, "\n");
  if (outlook->time_ms == TREATY_NEVER || step->missing == 0) return;
  put(out, "     time alone could change that at ");
  terminal_put_instant(out, asked->story->program, outlook->time_ms);
  put(out, "\n");
}

/* ---- Time alone ------------------------------------------------------------------------------ */

static bool same_lead(const treaty_decision *decision, treaty_text id) {
  return decision->lead.bytes && bytes_same(decision->lead, id);
}

/* The first decision, from `from` on, by which the lead changes its stage or is closed without
 * that; NULL: there is none. */
static const treaty_decision *next_change(const story *later, treaty_text id, size_t *from) {
  while (*from < later->decision_count) {
    const treaty_decision *decision = &later->decisions[(*from)++];
    if (decision->kind == TREATY_LEAD_STAGE_CHANGED && same_lead(decision, id)) return decision;
  }
  return NULL;
}

static bool is_settled(const story *later, treaty_text id, const char *stage) {
  for (size_t i = 0; i < later->decision_count; i++) {
    const treaty_decision *decision = &later->decisions[i];
    if (!same_lead(decision, id)) continue;
    if (decision->kind == TREATY_LEAD_CLOSED) return true;
    if (decision->kind == TREATY_LEAD_STAGE_CHANGED && strcmp(decision->to, stage) == 0)
      return true;
  }
  return false;
}

/* What is told of one lead. */
typedef struct told {
  buffer id, text;
  bool waits; /* it is open, and elsewhere */
} told;

static treaty_text id_of(told *told) {
  return (treaty_text){.bytes = buffer_text(&told->id), .length = told->id.length};
}

static bool all_settled(const story *later, told *all, size_t count, const char *stage) {
  for (size_t i = 0; i < count; i++) {
    if (all[i].waits && !is_settled(later, id_of(&all[i]), stage)) return false;
  }
  return true;
}

static void keep_decisions(treaty_engine *engine, story *later) {
  size_t count;
  const treaty_decision *decisions = treaty_engine_decisions(engine, &count);
  for (size_t i = 0; i < count; i++) story_add_decision(later, &decisions[i]);
}

/* False: no memory. */
static bool run_on(const not_yet *asked, int64_t clock_ms, told *all, size_t count, story *later) {
  while (!all_settled(later, all, count, asked->stage)) {
    int64_t next_ms = treaty_engine_next_ms(asked->engine);
    if (next_ms > clock_ms + RUN_ON_MS) break;
    if (treaty_engine_advance(asked->engine, next_ms) != TREATY_OK) return false;
    keep_decisions(asked->engine, later);
  }
  return true;
}

static void put_change(buffer *out, const not_yet *asked, const treaty_decision *change) {
  put(out, change->to);
  put(out, " at ");
  terminal_put_instant(out, asked->story->program, change->time_ms);
  put_place(out, change->file, change->line);
}

static void put_time_alone(buffer *out, const not_yet *asked, const story *later, treaty_text id) {
  const treaty_decision *change;
  size_t at = 0, changes = 0;
  bool there = false;
  while (!there && (change = next_change(later, id, &at))) {
    put(out, changes++ == 0 ? "  by time alone it goes to " : ",\n    then to ");
    put_change(out, asked, change);
    there = strcmp(change->to, asked->stage) == 0;
  }
  if (there)
    put(out, "\n");
  else if (changes > 0)
    buffer_print(out, "\n    and not to %s\n", asked->stage);
  else
    buffer_print(out, "  time alone does not lead on from here within %d years\n", NOT_YET_YEARS);
}

/* ---- Lead by lead ---------------------------------------------------------------------------- */

/* Each answer of the engine ends the life of the one before: the leads are asked for again before
 * each question. */
static const treaty_lead *lead_at(const not_yet *asked, size_t index) {
  size_t count;
  return &treaty_engine_account(asked->engine, asked->story->account, &count)[index];
}

static void put_way(buffer *out, const not_yet *asked, const treaty_way_step *way, size_t count) {
  size_t missing = 0;
  for (size_t i = 0; i < count; i++) missing += way[i].missing;
  buffer_print(out, "  the nearest way to %s: %zu step%s, %zu thing%s missing\n", asked->stage,
               count, count == 1 ? "" : "s", missing, missing == 1 ? "" : "s");
  for (size_t i = 0; i < count; i++) put_step(out, asked, i + 1, &way[i]);
}

static void begin_lead(const not_yet *asked, size_t index, told *told) {
  const treaty_lead *lead = lead_at(asked, index);
  size_t count;
  buffer_put(&told->id, lead->id.bytes, lead->id.length);
  story_lead_text(asked->story, &told->text, lead);
  bool there = strcmp(lead->stage, asked->stage) == 0;
  told->waits = !lead->closed && !there;
  if (there) buffer_print(&told->text, "  it is at %s\n", asked->stage);
  if (!there && lead->closed) put(&told->text, "  no clause leads out of a closed stage\n");
  if (!told->waits) return;
  if (lead->hold) story_hold_text(asked->story, &told->text, lead->hold);
  const treaty_way_step *way = treaty_engine_way(asked->engine, lead, asked->stage, &count);
  if (count > 0)
    put_way(&told->text, asked, way, count);
  else
    buffer_print(&told->text, "  no clause leads from here to %s\n", asked->stage);
}

/* All leads as they are now, and what time alone brings them. */
typedef struct looked {
  told *leads;
  size_t count;
  int64_t clock_ms; /* TREATY_NEVER: there is no lead */
  story later;
} looked;

/* False: no memory to let time run on. To be closed in any case. */
static bool look(const not_yet *asked, looked *looked,
                 void begin(const not_yet *asked, size_t index, told *told)) {
  size_t count;
  const treaty_lead *leads = treaty_engine_account(asked->engine, asked->story->account, &count);
  looked->leads = room_grow(NULL, count + 1, sizeof *looked->leads);
  memset(looked->leads, 0, (count + 1) * sizeof *looked->leads);
  looked->count = count;
  looked->clock_ms = count > 0 ? leads[0].clock_ms : TREATY_NEVER;
  for (size_t i = 0; i < count; i++) begin(asked, i, &looked->leads[i]);
  story_init(&looked->later, asked->story->program, asked->story->account);
  return run_on(asked, looked->clock_ms, looked->leads, count, &looked->later);
}

static void close_look(looked *looked) {
  for (size_t i = 0; i < looked->count; i++) {
    buffer_free(&looked->leads[i].id);
    buffer_free(&looked->leads[i].text);
  }
  free(looked->leads);
  story_free(&looked->later);
}

bool not_yet_text(const not_yet *asked, buffer *out) {
  looked looked;
  bool done = look(asked, &looked, begin_lead);
  terminal_put_text(out, asked->story->account);
  buffer_print(out, ": why not %s", asked->stage);
  if (looked.count > 0) {
    put(out, ", at ");
    terminal_put_instant(out, asked->story->program, looked.clock_ms);
  }
  put(out, looked.count > 0 ? "\n" : "\n\nno lead was opened\n");
  for (size_t i = 0; done && i < looked.count; i++) {
    told *lead = &looked.leads[i];
    buffer_put(out, lead->text.bytes, lead->text.length);
    if (lead->waits) put_time_alone(out, asked, &looked.later, id_of(lead));
  }
  close_look(&looked);
  return done;
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static void put_json_string(buffer *out, const char *key, const char *text) {
  if (!text) return;
  buffer_print(out, ",\"%s\":", key);
  buffer_json(out, text, strlen(text));
}

static void put_json_step(buffer *out, const not_yet *asked, const treaty_way_step *step) {
  buffer_print(out, "{\"missing\":%zu", step->missing);
  put_json_string(out, "from", step->from);
  put_json_string(out, "to", step->to);
  put_json_string(out, "by", step->by);
  if (step->behind) {
    put_json_string(out, "behind", step->behind);
    put_json_string(out, "behind_file", step->behind_file);
    buffer_print(out, ",\"behind_line\":%u", step->behind_line);
  }
  put(out, ",\"outlook\":");
  story_outlook_json(asked->story, out, &step->outlook);
  put(out, "}");
}

/* Leaves the object open. */
static void begin_json_lead(const not_yet *asked, size_t index, told *told) {
  const treaty_lead *lead = lead_at(asked, index);
  size_t count = 0;
  const treaty_way_step *way = NULL;
  buffer_put(&told->id, lead->id.bytes, lead->id.length);
  put(&told->text, "{");
  story_lead_json(&told->text, lead);
  told->waits = !lead->closed && strcmp(lead->stage, asked->stage) != 0;
  if (told->waits) way = treaty_engine_way(asked->engine, lead, asked->stage, &count);
  put(&told->text, ",\"way\":[");
  for (size_t i = 0; i < count; i++) {
    put(&told->text, i > 0 ? "," : "");
    put_json_step(&told->text, asked, &way[i]);
  }
  put(&told->text, "]");
}

/* Up to and with the one that leads there. */
static void put_json_time_alone(buffer *out, const not_yet *asked, const story *later,
                                treaty_text id) {
  const treaty_decision *change;
  size_t at = 0;
  bool there = false, some = false;
  put(out, ",\"time_alone\":[");
  while (!there && (change = next_change(later, id, &at))) {
    char time[TR_TIME_TEXT_BYTES];
    tr_format_instant(change->time_ms, time);
    buffer_print(out, "%s{\"time\":\"%s\"", some ? "," : "", time);
    put_json_string(out, "to", change->to);
    put_json_string(out, "file", change->file);
    if (change->file) buffer_print(out, ",\"line\":%u", change->line);
    put(out, "}");
    there = strcmp(change->to, asked->stage) == 0;
    some = true;
  }
  buffer_print(out, "],\"time_alone_leads_there\":%s", there ? "true" : "false");
}

bool not_yet_json(const not_yet *asked, buffer *out) {
  looked looked;
  bool done = look(asked, &looked, begin_json_lead);
  put(out, "{\"account\":");
  buffer_json(out, asked->story->account.bytes, asked->story->account.length);
  put_json_string(out, "not", asked->stage);
  put(out, ",\"leads\":[");
  for (size_t i = 0; done && i < looked.count; i++) {
    told *lead = &looked.leads[i];
    put(out, i > 0 ? ",\n" : "\n");
    buffer_put(out, lead->text.bytes, lead->text.length);
    if (lead->waits) put_json_time_alone(out, asked, &looked.later, id_of(lead));
    put(out, "}");
  }
  put(out, "]}\n");
  close_look(&looked);
  return done;
}
