/* slow_stays.c - where leads have been, as it was decided. */
#include "slow_past.h"

void slow_enter_stage(slow *slow, int lead, uint32_t stage, slow_stamp after, bool by_time,
                      int look) {
  if (slow->stay_count == slow->stay_room) {
    slow->stay_room = slow->stay_room ? slow->stay_room * 2 : 16;
    slow->stays = realloc(slow->stays, sizeof *slow->stays * (size_t)slow->stay_room);
  }
  slow->stays[slow->stay_count] = (stay){.lead = lead,
                                         .stage = stage,
                                         .after = after,
                                         .since_ms = after.time_ms,
                                         .opens = slow_stages_entered(slow, lead) == 0,
                                         .by_time = by_time,
                                         .look = look};
  slow->stay_count++;
}

int slow_stages_entered(const slow *slow, int lead) {
  int count = 0;
  for (int i = 0; i < slow->stay_count; i++) count += slow->stays[i].lead == lead;
  return count;
}

static stay *latest_of(const slow *slow, int lead) {
  stay *found = NULL;
  for (int i = 0; i < slow->stay_count; i++) {
    if (slow->stays[i].lead == lead) found = &slow->stays[i];
  }
  return found;
}

/* Of two clocks in one stage the earlier runs on. */
void slow_join_stays(slow *slow, int kept, int gone) {
  stay *one = latest_of(slow, kept);
  const stay *other = latest_of(slow, gone);
  if (one->stage == other->stage && other->since_ms < one->since_ms)
    one->since_ms = other->since_ms;
}

/* Where the lead stands for who asks; NULL: it is not open yet. */
static const stay *present_stay(const asking *asking) {
  const stay *found = NULL;
  for (int i = 0; i < asking->slow->stay_count; i++) {
    const stay *one = &asking->slow->stays[i];
    if (one->lead == asking->view.lead && is_seen(asking, one)) found = one;
  }
  return found;
}

static int64_t times_entered(const asking *asking, uint32_t stage) {
  int64_t times = 0;
  for (int i = 0; i < asking->slow->stay_count; i++) {
    const stay *one = &asking->slow->stays[i];
    times += one->lead == asking->view.lead && one->stage == stage && is_seen(asking, one);
  }
  return times;
}

static slow_value date_entered(const asking *asking, uint32_t stage) {
  slow_value date = unknown;
  for (int i = 0; i < asking->slow->stay_count; i++) {
    const stay *one = &asking->slow->stays[i];
    if (one->lead == asking->view.lead && one->stage == stage && is_seen(asking, one))
      date = known(one->after.time_ms / DAY_MS);
  }
  return date;
}

/* A lead that was not open yet stood at the first stage. */
slow_value slow_ask_stay(const asking *asking, const tr_expr *expr) {
  if (asking->view.lead == SLOW_NONE) return unknown;
  const stay *stands = present_stay(asking);
  int64_t opened_ms = asking->slow->lead_opened[asking->view.lead].time_ms;
  if (expr->kind == EXPR_NAME && expr->ref_kind == REF_OPENED_AT) return known(opened_ms);
  switch (expr->kind) {
    case EXPR_AGE: return known(asking->now_ms - opened_ms);
    case EXPR_DATE_ENTERED: return date_entered(asking, expr->index);
    case EXPR_TIMES_ENTERED: return known(times_entered(asking, expr->index) * MILLION);
    case EXPR_TIME_IN_STAGE: return known(asking->now_ms - (stands ? stands->since_ms : opened_ms));
    default: return known(stands ? stands->stage : 0);
  }
}
