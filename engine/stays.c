/* stays.c - where a lead has been: `times entered`, `date entered`, `time in stage`, `previous
 * reason`, and the stage as it was decided at an instant.
 *
 *   opened         T1               T2                     now
 *   ----|-- inquiry --|---- MQL ------|-- inquiry, 2nd --------|--->
 *
 * The stays themselves are kept where the program says that something reads them (keeps_stays).
 * Each knows the how-many-th of its stage it is, so counting needs only the latest of a stage. */
#include <assert.h>
#include <string.h>

#include "engine/evaluate.h"
#include "engine/limits.h"
#include "grammar/civil.h"

#define MILLION 1000000

/* ---- Keeping --------------------------------------------------------------------------------- */

static const tr_stay *latest_of(const tr_lead *lead, uint32_t stage, uint32_t count) {
  while (count > 0 && lead->stays[count - 1].stage != stage) count--;
  return count > 0 ? &lead->stays[count - 1] : NULL;
}

/* Of the older half only what is the latest of its stage is needed to count on. */
static void forget_stays(tr_lead *lead) {
  uint64_t seen[(TR_STAGES_MAX + 63) / 64] = {0};
  uint32_t gone = lead->stay_count, half = lead->stay_count / 2;
  for (uint32_t i = lead->stay_count; i-- > 0;) {
    uint32_t stage = lead->stays[i].stage;
    bool latest = !(seen[stage / 64] >> stage % 64 & 1);
    seen[stage / 64] |= UINT64_C(1) << stage % 64;
    if (latest || i >= half) lead->stays[--gone] = lead->stays[i];
  }
  lead->stay_count -= gone;
  lead->before.stays = lead->before.stays > gone ? lead->before.stays - gone : 0;
  memmove(lead->stays, lead->stays + gone, sizeof *lead->stays * lead->stay_count);
}

void tr_stay_begin(treaty_engine *engine, tr_lead *lead, bool by_time, uint8_t look) {
  if (!engine->program->keeps_stays) return;
  if (lead->stay_count == TR_STAYS_MAX) forget_stays(lead);
  const tr_stay *last = latest_of(lead, lead->stage, lead->stay_count);
  tr_stay stay = {.entered_ms = lead->stage_since_ms,
                  .seq = engine->seq,
                  .reason = lead->reason + 1,
                  .times = last ? last->times + 1 : 1,
                  .stage = lead->stage,
                  .by_time = by_time,
                  .look = look};
  lead->stays = tr_pool_grow(&engine->pool, lead->stays, lead->stay_count, &lead->stay_room,
                             sizeof *lead->stays);
  lead->stays[lead->stay_count++] = stay;
}

void tr_reason_keep(const treaty_engine *engine, tr_lead *lead, const char *reason) {
  const treaty_program *program = engine->program;
  if (!program->keeps_reasons || !reason) return;
  lead->reason = TR_NONE;
  for (uint32_t i = 0; i < program->reason_count; i++) {
    if (strcmp(program->reasons[i], reason) == 0) lead->reason = i;
  }
}

/* ---- Asking ---------------------------------------------------------------------------------- */

const tr_stay *tr_lead_stays(const tr_lead *lead, uint32_t *count) {
  *count = lead->stay_count;
  return lead->stays;
}

bool tr_stay_before(const tr_stay *stay, tr_stamp at) {
  if (stay->entered_ms != at.time_ms) return stay->entered_ms < at.time_ms;
  return stay->seq < at.seq && !(stay->by_time && at.seq == UINT64_MAX);
}

static uint32_t stays_until(const tr_lead *lead, int64_t time_ms, uint64_t seq) {
  tr_stamp at = {.time_ms = time_ms, .seq = seq};
  uint32_t count = lead->stay_count;
  while (count > 0 && !tr_stay_before(&lead->stays[count - 1], at)) count--;
  return count;
}

uint32_t tr_lead_stage_at(const tr_lead *lead, int64_t time_ms, uint64_t seq) {
  uint32_t count = stays_until(lead, time_ms, seq);
  return count > 0 ? lead->stays[count - 1].stage : TR_NONE;
}

/* … after so many of its stays. The present one may have the earlier clock of a lead that was
 * joined to it. */
static void stood_after(tr_lead *lead, uint32_t count) {
  const tr_stay *stay = count > 0 ? &lead->stays[count - 1] : NULL;
  bool present = stay && count == lead->stay_count;
  lead->before = (tr_standing){.stays = count,
                               .stage = stay ? stay->stage : 0,
                               .since_ms = present ? lead->stage_since_ms
                                           : stay  ? stay->entered_ms
                                                   : lead->opened_ms,
                               .reason = stay ? stay->reason - 1u : TR_NONE};
}

void tr_stays_at(tr_account *account, int64_t time_ms, uint64_t seq) {
  for (tr_lead *lead = account->leads; lead; lead = lead->next) {
    stood_after(lead, stays_until(lead, time_ms, seq));
    tr_keep_at(lead, (tr_stamp){.time_ms = time_ms, .seq = seq});
  }
}

/* Whether it began with another one or before. */
static bool began_by(const tr_stay *stay, const tr_stay *last) {
  if (stay->entered_ms != last->entered_ms) return stay->entered_ms < last->entered_ms;
  if (stay->seq != last->seq) return stay->seq < last->seq;
  if (stay->by_time != last->by_time) return last->by_time;
  return stay->look <= last->look;
}

void tr_stays_with(tr_account *account, const tr_stay *last) {
  for (tr_lead *lead = account->leads; lead; lead = lead->next) {
    uint32_t count = lead->stay_count;
    while (count > 0 && !began_by(&lead->stays[count - 1], last)) count--;
    stood_after(lead, count);
    tr_keep_at(lead, (tr_stamp){.time_ms = last->entered_ms, .seq = last->seq + 1});
  }
}

void tr_stays_now(tr_account *account) {
  for (tr_lead *lead = account->leads; lead; lead = lead->next) {
    lead->before = (tr_standing){.stage = lead->stage,
                                 .since_ms = lead->stage_since_ms,
                                 .stays = lead->stay_count,
                                 .reason = lead->reason};
    tr_keep_at(lead, (tr_stamp){.time_ms = INT64_MAX});
  }
}

static void trace_times(tr_eval *eval, const char *what, uint32_t stage, const char *value) {
  if (!eval->trace) return;
  const char *name = eval->engine->program->stages[stage].name;
  tr_trace_add(eval, tr_arena_print(&eval->engine->step, "%s %s", what, name), NULL, value, 0);
}

static tr_value times_entered(tr_eval *eval, const tr_stay *stay, uint32_t stage) {
  uint32_t times = stay ? stay->times : 0;
  trace_times(eval, "times entered", stage, tr_arena_print(&eval->engine->step, "%u", times));
  return tr_known_value((int64_t)times * MILLION);
}

static tr_value date_entered(tr_eval *eval, const tr_stay *stay, uint32_t stage) {
  char text[TR_TIME_TEXT_BYTES] = "unknown";
  tr_value date = {.known = UNKNOWN};
  if (stay) {
    int64_t local_ms = tr_zone_to_local(eval->engine->program->zone, stay->entered_ms);
    date = tr_known_value(tr_civil_days_of_ms(local_ms));
    tr_format_date(date.low, text);
  }
  trace_times(eval, "date entered", stage, tr_arena_print(&eval->engine->step, "%s", text));
  return date;
}

static tr_value time_in_stage(tr_eval *eval, int64_t since_ms) {
  int64_t time_ms = eval->now_ms - since_ms;
  if (eval->trace) {
    char text[TR_DURATION_TEXT_BYTES];
    tr_format_duration(time_ms, text);
    tr_trace_add(eval, "time in stage", NULL, tr_arena_print(&eval->engine->step, "%s", text), 0);
  }
  return (tr_value){.low = time_ms, .high = time_ms, .known = KNOWN, .grows = 1};
}

static tr_value previous_reason(tr_eval *eval, uint32_t reason) {
  const treaty_program *program = eval->engine->program;
  const char *name = reason == TR_NONE ? "unknown" : program->reasons[reason];
  if (eval->trace) tr_trace_add(eval, "previous reason", NULL, name, 0);
  return reason == TR_NONE ? (tr_value){.known = UNKNOWN} : tr_known_value(reason);
}

tr_value tr_stay_value(tr_eval *eval, tr_opcode op, uint32_t stage, tr_view view) {
  const tr_lead *lead = view.lead;
  if (!lead) return (tr_value){.known = UNKNOWN};
  uint32_t count = view.before ? lead->before.stays : lead->stay_count;
  switch (op) {
    case TR_OP_TIMES_ENTERED: return times_entered(eval, latest_of(lead, stage, count), stage);
    case TR_OP_DATE_ENTERED: return date_entered(eval, latest_of(lead, stage, count), stage);
    case TR_OP_TIME_IN_STAGE:
      return time_in_stage(eval, view.before ? lead->before.since_ms : lead->stage_since_ms);
    default:
      assert(op == TR_OP_PREVIOUS_REASON);
      return previous_reason(eval, view.before ? lead->before.reason : lead->reason);
  }
}
