/* slow_stays.c - where leads have been, as it was decided. */
#include "slow_past.h"

void slow_enter_stage(slow *slow, int lead, uint32_t stage, slow_stamp after, bool by_time) {
  if (slow->stay_count == slow->stay_room) {
    slow->stay_room = slow->stay_room ? slow->stay_room * 2 : 16;
    slow->stays = realloc(slow->stays, sizeof *slow->stays * (size_t)slow->stay_room);
  }
  bool opens = slow_stay_at(slow, lead, (slow_stamp){.time_ms = INT64_MAX}) == NULL;
  slow->stays[slow->stay_count++] =
      (stay){.lead = lead, .stage = stage, .after = after, .opens = opens, .by_time = by_time};
  slow->lead_since_ms[lead] = after.time_ms;
}

const stay *slow_stay_at(const slow *slow, int lead, slow_stamp at) {
  const stay *found = NULL;
  for (int i = 0; i < slow->stay_count; i++) {
    if (slow->stays[i].lead == lead && is_before(&slow->stays[i], at)) found = &slow->stays[i];
  }
  return found;
}

static uint32_t stage_of(const slow *slow, int lead) {
  return slow_stay_at(slow, lead, (slow_stamp){.time_ms = INT64_MAX})->stage;
}

/* Of two clocks in one stage the earlier runs on. */
void slow_join_stays(slow *slow, int kept, int gone) {
  bool alike = stage_of(slow, kept) == stage_of(slow, gone);
  if (alike && slow->lead_since_ms[gone] < slow->lead_since_ms[kept])
    slow->lead_since_ms[kept] = slow->lead_since_ms[gone];
}

static int64_t time_in_stage(const asking *asking) {
  const slow *slow = asking->slow;
  int lead = asking->view.lead;
  if (asking->at.time_ms == INT64_MAX) return asking->now_ms - slow->lead_since_ms[lead];
  const stay *stands = slow_stay_at(slow, lead, asking->at);
  return asking->now_ms - (stands ? stands->after : slow->lead_opened[lead]).time_ms;
}

static int64_t times_entered(const asking *asking, uint32_t stage) {
  int64_t times = 0;
  for (int i = 0; i < asking->slow->stay_count; i++) {
    const stay *one = &asking->slow->stays[i];
    times += one->lead == asking->view.lead && one->stage == stage && is_before(one, asking->at);
  }
  return times;
}

static slow_value date_entered(const asking *asking, uint32_t stage) {
  slow_value date = unknown;
  for (int i = 0; i < asking->slow->stay_count; i++) {
    const stay *one = &asking->slow->stays[i];
    if (one->lead == asking->view.lead && one->stage == stage && is_before(one, asking->at))
      date = known(one->after.time_ms / DAY_MS);
  }
  return date;
}

/* A lead that was not open yet stood at the first stage. */
slow_value slow_ask_stay(const asking *asking, const tr_expr *expr) {
  if (asking->view.lead == SLOW_NONE) return unknown;
  const stay *stands = slow_stay_at(asking->slow, asking->view.lead, asking->at);
  int64_t opened_ms = asking->slow->lead_opened[asking->view.lead].time_ms;
  if (expr->kind == EXPR_NAME && expr->ref_kind == REF_OPENED_AT) return known(opened_ms);
  switch (expr->kind) {
    case EXPR_AGE: return known(asking->now_ms - opened_ms);
    case EXPR_DATE_ENTERED: return date_entered(asking, expr->index);
    case EXPR_TIMES_ENTERED: return known(times_entered(asking, expr->index) * MILLION);
    case EXPR_TIME_IN_STAGE: return known(time_in_stage(asking));
    default: return known(stands ? stands->stage : 0);
  }
}
