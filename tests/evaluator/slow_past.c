/* slow_past.c - what came, once more, in order of time: what each event teaches and counts for, and
 * what comes about by itself in between. */
#include "slow_past.h"

/* ---- Events ---------------------------------------------------------------------------------- */

entry *slow_add_entry(slow *slow, slow_stamp at, reach whose) {
  if (slow->entry_count == slow->entry_room) {
    slow->entry_room = slow->entry_room ? slow->entry_room * 2 : 256;
    slow->entries = realloc(slow->entries, sizeof *slow->entries * (size_t)slow->entry_room);
  }
  entry *added = &slow->entries[slow->entry_count++];
  *added = (entry){.time_ms = at.time_ms, .number = at.number, .whose = whose};
  return added;
}

static bool fits(const asking *asking, const tr_pattern *pattern, const bool *fired) {
  const slow *slow = asking->slow;
  bool is_it = fired[pattern->any_buyer ? activity(slow) : trigger_of(slow, pattern->event.text)];
  return is_it && (!pattern->where || truth_of(slow_ask(asking, pattern->where)) == TREATY_TRUE);
}

/* Whether the other signal came before: by time, and at one instant by number. What comes of one
 * event comes at once. */
static bool follows(const asking *asking, const tr_signal *signal) {
  const slow *slow = asking->slow;
  if (!signal->other.text) return true;
  uint32_t trigger = trigger_of(slow, signal->other.text);
  for (int i = 0; i < slow->entry_count; i++) {
    const entry *fired = &slow->entries[i];
    slow_stamp at = {.time_ms = fired->time_ms, .number = fired->number};
    if (fired->kind == FIRED && fired->what == trigger && is_earlier(at, asking->at) &&
        fired->time_ms > asking->now_ms - signal->span_ms &&
        concerns(signal->entity, fired->whose, asking->view))
      return true;
  }
  return false;
}

/* A signal may stand on any other, so again and again until no more comes. */
static void find_behind(const asking *asking, bool *fired) {
  const tr_tree *tree = asking->slow->tree;
  for (bool more = true; more;) {
    more = false;
    for (uint32_t i = 0; i < tree->signals.count; i++) {
      const tr_signal *signal = tree->signals.items[i];
      for (uint32_t k = 0; k < signal->patterns.count && !fired[i]; k++) {
        if (!fits(asking, &signal->patterns.items[k], fired) || !follows(asking, signal)) continue;
        fired[i] = more = true;
      }
    }
  }
}

static void find_signals(const asking *asking, bool *fired) {
  const slow *slow = asking->slow;
  uint32_t type = asking->event->event->type->index;
  memset(fired, 0, sizeof *fired * (activity(slow) + 1));
  fired[slow->tree->signals.count + type] = true;
  fired[activity(slow)] = strcmp(slow->tree->events.items[type]->by.text, "buyer") == 0;
  find_behind(asking, fired);
}

static bool is_at_hand(tr_entity entity, slow_view view) {
  bool person = view.person != SLOW_NONE, lead = view.lead != SLOW_NONE;
  return entity == ENTITY_ACCOUNT || (entity == ENTITY_PERSON && person) ||
         (entity == ENTITY_LEAD && lead) || (entity == ENTITY_MEMBER && person && lead);
}

/* What `set first` leaves alone: a field, or those values of a set, of which something is known. */
static uint64_t known_elements(const asking *asking, tr_entity entity, uint32_t field,
                               bool is_set) {
  slow_value now = slow_field(asking->slow, entity, field, asking->view, asking->now_ms);
  if (is_set) return (uint64_t)(now.low | now.high);
  return now.known == SLOW_UNKNOWN ? 0 : ~UINT64_C(0);
}

/* The value that an action gives; unknown: none. */
static slow_value given(const asking *asking, const tr_action *action, tr_entity entity,
                        const tr_entity_field *field) {
  slow_value value;
  int64_t last = (int64_t)field->type->values.count - 1;
  switch (action->kind) {
    case ACTION_SET:
    case ACTION_SET_FIRST: return slow_ask(asking, action->value);
    case ACTION_LOWER:
    case ACTION_RAISE:
      value = slow_field(asking->slow, entity, field->index, asking->view, asking->now_ms);
      if (value.known != SLOW_KNOWN) return unknown;
      value.low += action->kind == ACTION_RAISE ? action->steps : -(int64_t)action->steps;
      return known(value.low < 0 ? 0 : value.low > last ? last : value.low);
    default: return known(0);
  }
}

static void teach(const asking *asking, const tr_action *action) {
  slow *slow = asking->slow;
  const char *dot = strchr(action->target.text, '.');
  tr_entity entity = ENTITY_ACCOUNT;
  while (strncmp(tr_entity_names[entity], action->target.text,
                 (size_t)(dot - action->target.text)) != 0)
    entity++;
  const tr_entity_field *field = tr_field_find(slow->symbols, entity, dot + 1);
  bool is_set = field->type->kind == TYPE_SET;
  if (!is_at_hand(entity, asking->view)) return;
  slow_value value = given(asking, action, entity, field);
  if (value.known != SLOW_KNOWN) return;
  uint64_t elements = ~UINT64_C(0);
  if (action->kind == ACTION_ADD || action->kind == ACTION_REMOVE) {
    elements = UINT64_C(1) << action->value->number;
    value.low = action->kind == ACTION_ADD ? (int64_t)elements : 0;
  } else if (is_set && action->kind != ACTION_FORGET) {
    elements = (uint64_t)(value.low | value.high);
  }
  if (action->kind == ACTION_SET_FIRST)
    elements &= ~known_elements(asking, entity, field->index, is_set);
  if (elements == 0) return;
  entry *taught = slow_add_entry(slow, asking->at, reach_of(asking->view));
  taught->kind = TAUGHT;
  taught->entity = entity;
  taught->what = field->index;
  taught->value = action->kind == ACTION_FORGET ? unknown : value;
  taught->elements = elements;
  taught->until_ms = action->for_ms ? asking->now_ms + action->for_ms : INT64_MAX;
}

static void learn(const asking *asking, const bool *fired) {
  const tr_tree *tree = asking->slow->tree;
  for (uint32_t i = 0; i < tree->learns.count; i++) {
    const tr_learn *learn = tree->learns.items[i];
    if (!fits(asking, &learn->pattern, fired)) continue;
    for (uint32_t k = 0; k < learn->actions.count; k++) teach(asking, &learn->actions.items[k]);
  }
}

/* What a rule adds on behalf of one view. */
static void add_points(const asking *asking, uint32_t index, uint32_t r) {
  const tr_score *score = asking->slow->tree->scores.items[index];
  const tr_points *rule = &score->points.items[r];
  bool resets = rule->kind == POINTS_RESET;
  if (!resets && score->counts_while &&
      truth_of(slow_ask(asking, score->counts_while)) != TREATY_TRUE)
    return;
  if (!resets && score->frozen_while &&
      truth_of(slow_ask(asking, score->frozen_while)) == TREATY_TRUE)
    return;
  slow_value points = !resets          ? slow_ask(asking, rule->add)
                      : rule->reset_to ? known(rule->reset_to->number)
                                       : known(0);
  if (points.known != SLOW_KNOWN) return;
  entry *added = slow_add_entry(asking->slow, asking->at, reach_of(asking->view));
  added->kind = resets ? RESET : POINTS;
  added->what = index;
  added->rule = r;
  added->value = points;
}

/* What has happened reaches each of the leads for itself. */
static void add_points_to(const asking *asking, uint32_t index, uint32_t r, reach whom) {
  tr_entity entity = asking->slow->tree->scores.items[index]->entity;
  struct asking one = *asking;
  if (entity == ENTITY_ACCOUNT || entity == ENTITY_PERSON) {
    if (is_at_hand(entity, one.view)) add_points(&one, index, r);
    return;
  }
  for (one.view.lead = 0; one.view.lead < one.slow->lead_count; one.view.lead++) {
    bool reached = whom.leads & bit_of(one.view.lead);
    if (reached && is_at_hand(entity, one.view)) add_points(&one, index, r);
  }
}

static void score(const asking *asking, const bool *fired, reach whom) {
  const slow *slow = asking->slow;
  for (uint32_t s = 0; s < slow->tree->scores.count; s++) {
    const tr_score *score = slow->tree->scores.items[s];
    for (uint32_t r = 0; r < score->points.count; r++) {
      const tr_points *rule = &score->points.items[r];
      bool by_event = rule->kind == POINTS_ON || rule->kind == POINTS_RESET;
      if (by_event && fired[trigger_of(slow, rule->on.text)]) add_points_to(asking, s, r, whom);
    }
  }
}

/* What definitions keep of this instant, the event itself counted. */
static void fix(const asking *asking, const bool *fired) {
  const slow *slow = asking->slow;
  for (uint32_t i = 0; i < slow->symbols->defines.count; i++) {
    const tr_define *define = slow->symbols->defines.items[i];
    if (!define->fixed_at.text || !fired[trigger_of(slow, define->fixed_at.text)]) continue;
    if (!is_at_hand(define->entity, asking->view)) continue;
    slow_value value = slow_ask(asking, define->value);
    if (value.known != SLOW_KNOWN) continue;
    entry *taught = slow_add_entry(asking->slow, asking->at, reach_of(asking->view));
    taught->kind = TAUGHT;
    taught->entity = define->entity;
    taught->what = define->fixed_field;
    taught->value = value;
    taught->elements = ~UINT64_C(0);
    taught->until_ms = INT64_MAX;
  }
}

static void note_fired(const asking *asking, const bool *fired, reach whom) {
  for (uint32_t i = 0; i <= activity(asking->slow); i++) {
    if (!fired[i]) continue;
    entry *added = slow_add_entry(asking->slow, asking->at, whom);
    added->kind = FIRED;
    added->event = asking->event ? asking->event->event : NULL;
    added->what = i;
  }
}

/* ---- What no event is ------------------------------------------------------------------------ */

/* The windows in a condition: it may change when a stamp leaves one. */
static void find_spans(const slow *slow, watch *watch, const tr_expr *expr) {
  if (!expr) return;
  bool windowed = expr->kind == EXPR_COUNT || expr->kind == EXPR_NO || expr->kind == EXPR_SUM_IN ||
                  expr->kind == EXPR_MAX_IN || expr->kind == EXPR_MIN_IN ||
                  expr->kind == EXPR_COUNT_DAYS || expr->kind == EXPR_DURATION;
  if (windowed && expr->number > 0) {
    assert(watch->span_count < SPANS_MAX);
    watch->spans_ms[watch->span_count++] = expr->number;
  }
  watch->counts_dates |= expr->kind == EXPR_DAYS_UNTIL || expr->kind == EXPR_DAYS_SINCE;
  find_spans(slow, watch, expr->left);
  find_spans(slow, watch, expr->right);
  for (uint32_t i = 0; i < expr->list.count; i++) find_spans(slow, watch, expr->list.items[i]);
}

static void add_watch(slow *slow, watch made) {
  slow->watches = realloc(slow->watches, sizeof made * (size_t)(slow->watch_count + 1));
  find_spans(slow, &made, made.when);
  slow->watches[slow->watch_count++] = made;
}

/* Signals stand on those before them, and scores on signals. */
void slow_find_watches(slow *slow) {
  const tr_tree *tree = slow->tree;
  for (uint32_t i = 0; i < tree->signals.count; i++) {
    const tr_signal *signal = tree->signals.items[i];
    watch watch = {.entity = signal->entity,
                   .signal = signal,
                   .trigger = i,
                   .span_ms = signal->span_ms,
                   .when = signal->when};
    if (signal->kind == SIGNAL_EVENTS || signal->kind == SIGNAL_OVER_LIMIT) continue;
    if (!signal->when) watch.other = trigger_of(slow, signal->other.text);
    add_watch(slow, watch);
  }
  for (uint32_t s = 0; s < tree->scores.count; s++) {
    const tr_score *score = tree->scores.items[s];
    bool passes = score->halves_ms || score->expires_ms;
    if (score->frozen_while && passes && !score->decay_goes_on)
      add_watch(slow, (watch){.entity = score->entity, .score = s, .when = score->frozen_while});
    for (uint32_t r = 0; r < score->points.count; r++) {
      if (score->points.items[r].kind != POINTS_LOSES) continue;
      add_watch(slow, (watch){.entity = score->entity,
                              .score = s,
                              .rule = r,
                              .other = activity(slow),
                              .span_ms = score->points.items[r].after_ms});
    }
  }
}

static bool is_open(const slow *slow, int lead, slow_stamp at) {
  return slow->lead_is[lead] == lead && !is_earlier(at, slow->lead_opened[lead]) &&
         !is_earlier(slow->lead_closed[lead], at);
}

/* Whether an event has named somebody, or somebody at a lead. */
static bool is_there(const slow *slow, tr_entity entity, slow_view view, slow_stamp at) {
  if (view.lead != SLOW_NONE &&
      slow_account_of(slow, slow->lead_account[view.lead]) != view.account)
    return false;
  if (view.lead != SLOW_NONE && !is_open(slow, view.lead, at)) return false;
  if (entity == ENTITY_LEAD) return true;
  for (int i = 0; i < slow->entry_count; i++) {
    if (slow->entries[i].event && concerns(entity, slow->entries[i].whose, view)) return true;
  }
  return false;
}

static reach reached_by(const slow *slow, const watch *watch, slow_view of, slow_stamp at) {
  reach whom = {.account = of.account, .person = of.person};
  for (int lead = 0; lead < slow->lead_count; lead++) {
    if (!is_open(slow, lead, at)) continue;
    if (slow_account_of(slow, slow->lead_account[lead]) != of.account) continue;
    if (of.lead != SLOW_NONE && lead != of.lead) continue;
    if (watch->entity == ENTITY_PERSON && !slow_is_member(slow, lead, of.person)) continue;
    whom.leads |= bit_of(lead);
  }
  return whom;
}

static void come_about(slow *slow, const watch *watch, slow_view of, slow_stamp at) {
  bool *fired = calloc(activity(slow) + 1, sizeof *fired);
  asking asking = {.slow = slow, .view = of, .now_ms = at.time_ms, .at = at};
  reach whom = reached_by(slow, watch, of, at);
  if (watch->signal) {
    fired[watch->trigger] = true;
    find_behind(&asking, fired);
    note_fired(&asking, fired, whom);
    score(&asking, fired, whom);
  } else {
    add_points_to(&asking, watch->score, watch->rule, whom);
  }
  free(fired);
}

static standing *standing_of(slow *slow, const watch *watch, slow_view of) {
  for (int i = 0; i < slow->standing_count; i++) {
    standing *found = &slow->standings[i];
    if (found->watch == watch && found->of.account == of.account && found->of.person == of.person &&
        found->of.lead == of.lead)
      return found;
  }
  if (slow->standing_count == slow->standing_room) {
    slow->standing_room = slow->standing_room ? slow->standing_room * 2 : 16;
    slow->standings =
        realloc(slow->standings, sizeof *slow->standings * (size_t)slow->standing_room);
  }
  standing *made = &slow->standings[slow->standing_count++];
  *made = (standing){.watch = watch, .of = of, .said_ms = INT64_MIN};
  return made;
}

/* The end of the present silence. It begins with the latest of what stays away, or when the lead
 * opens, of others with what first happened to them. */
static int64_t silent_until(const slow *slow, const watch *watch, slow_view of) {
  int64_t since_ms = INT64_MIN;
  if (watch->entity == ENTITY_LEAD) since_ms = slow->lead_opened[of.lead].time_ms;
  for (int i = 0; i < slow->entry_count; i++) {
    const entry *at = &slow->entries[i];
    if (at->kind != FIRED || !concerns(watch->entity, at->whose, of)) continue;
    if (since_ms == INT64_MIN && !at->event) continue;
    if (since_ms == INT64_MIN) since_ms = at->time_ms;
    if (at->what == watch->other && at->time_ms > since_ms) since_ms = at->time_ms;
  }
  return since_ms + watch->span_ms;
}

static void look_at(slow *slow, const watch *watch, slow_view of, slow_stamp at) {
  standing *stands = standing_of(slow, watch, of);
  if (!watch->when) {
    int64_t end_ms = silent_until(slow, watch, of);
    if (at.number != SLOW_BY_TIME || end_ms > at.time_ms || stands->said_ms >= end_ms) return;
    stands->said_ms = at.time_ms;
    come_about(slow, watch, of, at);
    return;
  }
  asking asking = {.slow = slow, .view = of, .now_ms = at.time_ms, .at = at};
  bool held = stands->holds;
  stands->holds = truth_of(slow_ask(&asking, watch->when)) == TREATY_TRUE;
  if (stands->holds == held) return;
  if (!watch->signal) {
    entry *froze = slow_add_entry(slow, at, reach_of(of));
    froze->kind = FROZE;
    froze->what = watch->score;
    froze->value = known(stands->holds);
  } else if (stands->holds) {
    come_about(slow, watch, of, at);
  }
}

/* Calls back for everybody of an account whom a watch is about. */
typedef void visit(slow *slow, const watch *watch, slow_view of, slow_stamp at);

static void for_each(slow *slow, const watch *watch, int account, slow_stamp at, visit *visit) {
  bool personal = watch->entity == ENTITY_PERSON || watch->entity == ENTITY_MEMBER,
       of_lead = watch->entity == ENTITY_LEAD || watch->entity == ENTITY_MEMBER;
  for (int lead = of_lead ? 0 : SLOW_NONE; lead < (of_lead ? slow->lead_count : 0); lead++) {
    for (int person = personal ? 0 : SLOW_NONE; person < (personal ? slow->person_count : 0);
         person++) {
      slow_view of = {.account = account, .person = person, .lead = lead};
      if (is_there(slow, watch->entity, of, at)) visit(slow, watch, of, at);
    }
  }
}

static void look(slow *slow, int account, slow_stamp at) {
  for (int i = 0; i < slow->watch_count; i++)
    for_each(slow, &slow->watches[i], account, at, look_at);
}

/* ---- Stages that were entered ---------------------------------------------------------------- */

static void reset_for(slow *slow, uint32_t score, uint32_t rule, slow_stamp at, slow_view whose) {
  const tr_expr *to = slow->tree->scores.items[score]->points.items[rule].reset_to;
  entry *reset = slow_add_entry(slow, at, reach_of(whose));
  reset->kind = RESET;
  reset->what = score;
  reset->rule = rule;
  reset->value = known(to ? to->number : 0);
}

/* Of the account, the lead, its people and their parts in it. */
static void reset_entering(slow *slow, int account, const stay *stay, slow_stamp at) {
  for (uint32_t s = 0; s < slow->tree->scores.count; s++) {
    const tr_score *score = slow->tree->scores.items[s];
    bool personal = score->entity == ENTITY_PERSON || score->entity == ENTITY_MEMBER;
    for (uint32_t r = 0; r < score->points.count; r++) {
      const tr_points *rule = &score->points.items[r];
      slow_view of = {.account = account, .person = SLOW_NONE, .lead = stay->lead};
      if (rule->kind != POINTS_ENTERING) continue;
      if (tr_symbol_in(slow->symbols, 0, rule->on.text)->index != stay->stage) continue;
      if (!personal) reset_for(slow, s, r, at, of);
      for (of.person = 0; personal && of.person < slow->person_count; of.person++) {
        if (slow_is_member(slow, stay->lead, of.person)) reset_for(slow, s, r, at, of);
      }
    }
  }
}

static bool is_of(const slow *slow, const stay *stay, int account) {
  return slow_account_of(slow, slow->lead_account[stay->lead]) == account;
}

static bool came_at_once(const stay *one, const stay *other) {
  return one->after.time_ms == other->after.time_ms && one->after.number == other->after.number &&
         one->by_time == other->by_time && one->look == other->look;
}

/* Whether it was entered in the pass that is not over yet. */
static bool is_passing(const slow *slow, const stay *stay) {
  const passing *now = &slow->passing;
  return now->is_on && stay->after.time_ms == now->after.time_ms &&
         stay->after.number == now->after.number && stay->by_time == now->by_time &&
         stay->look == now->look;
}

/* The opening by an event resets before it. */
static void reset_opening(slow *slow, int account, slow_stamp event) {
  for (int i = 0; i < slow->stay_count; i++) {
    stay *stay = &slow->stays[i];
    if (!is_of(slow, stay, account) || !stay->opens || stay->after.number != event.number) continue;
    reset_entering(slow, account, stay, event);
    stay->resets = true;
  }
}

/* All that were decided before a stamp, each behind the event that led there; then it is looked
 * whether a condition begins. What was entered without a look in between came at once. */
static void enter_until(slow *slow, int account, slow_stamp until) {
  for (int i = 0; i < slow->stay_count; i++) {
    const stay *first = &slow->stays[i];
    if (!is_of(slow, first, account) || first->is_past || !is_before(first, until)) continue;
    for (int k = i; k < slow->stay_count; k++) {
      stay *stay = &slow->stays[k];
      if (!is_of(slow, stay, account) || !came_at_once(first, stay)) continue;
      if (!stay->resets) reset_entering(slow, account, stay, stay->after);
      stay->resets = stay->is_past = true;
    }
    slow_stamp behind = first->after;
    if (is_passing(slow, first)) continue;
    if (first->by_time) behind.number = SLOW_BY_TIME;
    look(slow, account, behind);
  }
}

/* ---- Between events -------------------------------------------------------------------------- */

static void take_earlier(int64_t instant_ms, int64_t after_ms, int64_t *first_ms) {
  if (instant_ms > after_ms && instant_ms < *first_ms) *first_ms = instant_ms;
}

/* Of leads, and of their time in a stage. */
static void take_ages(const slow *slow, int64_t span_ms, int64_t after_ms, int64_t *first_ms) {
  for (int lead = 0; lead < slow->lead_count; lead++)
    take_earlier(slow->lead_opened[lead].time_ms + span_ms, after_ms, first_ms);
  for (int i = 0; i < slow->stay_count; i++)
    take_earlier(slow->stays[i].since_ms + span_ms, after_ms, first_ms);
}

/* What a condition looks at may change at these instants; at others nothing comes of looking. A
 * time is longer than a span only one millisecond behind it. */
static void take_changes(const slow *slow, const watch *watch, int64_t after_ms,
                         int64_t *first_ms) {
  for (int i = 0; i < slow->entry_count; i++) {
    const entry *at = &slow->entries[i];
    if (at->kind == TAUGHT) take_earlier(at->until_ms, after_ms, first_ms);
    for (int k = 0; k < watch->span_count && at->kind == FIRED; k++) {
      take_earlier(at->time_ms + watch->spans_ms[k], after_ms, first_ms);
      take_earlier(at->time_ms + watch->spans_ms[k] + 1, after_ms, first_ms);
    }
  }
  for (int k = 0; k < watch->span_count; k++) {
    take_ages(slow, watch->spans_ms[k], after_ms, first_ms);
    take_ages(slow, watch->spans_ms[k] + 1, after_ms, first_ms);
  }
  for (int i = 0; i < slow->event_count && watch->counts_dates; i++) {
    int64_t since_ms = slow->events[i].time_ms > after_ms ? slow->events[i].time_ms : after_ms;
    take_earlier((since_ms / DAY_MS + 1) * DAY_MS, after_ms, first_ms);
  }
}

/* The next instant at which something could come about by itself. */
static int64_t next_instant(slow *slow, int account, int64_t after_ms) {
  int64_t first_ms = INT64_MAX;
  for (int i = 0; i < slow->stay_count; i++)
    take_earlier(slow->stays[i].after.time_ms, after_ms, &first_ms);
  for (int lead = 0; lead < slow->lead_count; lead++)
    take_earlier(slow->lead_opened[lead].time_ms, after_ms, &first_ms);
  for (int i = 0; i < slow->watch_count; i++) {
    const watch *watch = &slow->watches[i];
    if (watch->when) {
      take_changes(slow, watch, after_ms, &first_ms);
      continue;
    }
    for (int k = 0; k < slow->entry_count; k++)
      take_earlier(slow->entries[k].time_ms + watch->span_ms, after_ms, &first_ms);
    for (int lead = 0; lead < slow->lead_count; lead++)
      take_earlier(slow->lead_opened[lead].time_ms + watch->span_ms, after_ms, &first_ms);
  }
  (void)account;
  return first_ms;
}

/* What was entered at an instant by time is behind all else of the instant. */
static void pass_time(slow *slow, int account, int64_t *passed_ms, int64_t until_ms) {
  while (slow->watch_count > 0) {
    if (*passed_ms > INT64_MIN)
      enter_until(slow, account, (slow_stamp){.time_ms = *passed_ms + 1, .number = SLOW_NONE});
    slow_stamp next = {.time_ms = next_instant(slow, account, *passed_ms), .number = SLOW_BY_TIME};
    if (next.time_ms > until_ms) break;
    enter_until(slow, account, next);
    look(slow, account, next);
    *passed_ms = next.time_ms;
  }
  if (until_ms > *passed_ms) *passed_ms = until_ms;
}

static void observe(slow *slow, const past_event *event) {
  bool *fired = calloc(activity(slow) + 1, sizeof *fired);
  asking asking = {.slow = slow, .event = event, .now_ms = event->time_ms};
  asking.at = (slow_stamp){.time_ms = event->time_ms, .number = event->number};
  asking.view = (slow_view){.account = slow_account_of(slow, event->whose.account),
                            .person = event->whose.person,
                            .lead = slow_lead_of(slow, event->whose.lead)};
  reach whom = reach_of(asking.view);
  find_signals(&asking, fired);
  learn(&asking, fired);
  find_signals(&asking, fired); /* they see what was learned */
  if (slow_judge_contact(&asking)) {
    fired[trigger_of(slow, TR_OVER_LIMIT)] = true;
    find_behind(&asking, fired);
  }
  note_fired(&asking, fired, whom);
  score(&asking, fired, whom);
  fix(&asking, fired);
  slow_find_evidence(&asking, fired);
  look(slow, asking.view.account, asking.at);
  free(fired);
}

static int by_time(const void *a, const void *b) {
  const past_event *one = a, *other = b;
  if (one->time_ms != other->time_ms) return one->time_ms < other->time_ms ? -1 : 1;
  return one->number - other->number;
}

/* Account by account: nothing of one is anything to another. */
static void recount_account(slow *slow, int account, const past_event *sorted, int64_t until_ms) {
  int64_t passed_ms = INT64_MIN;
  for (int i = 0; i < slow->event_count; i++) {
    slow_stamp at = {.time_ms = sorted[i].time_ms, .number = sorted[i].number};
    if (sorted[i].voided || slow_account_of(slow, sorted[i].whose.account) != account) continue;
    pass_time(slow, account, &passed_ms, sorted[i].time_ms - 1);
    enter_until(slow, account, at);
    reset_opening(slow, account, at);
    observe(slow, &sorted[i]);
  }
  pass_time(slow, account, &passed_ms, until_ms);
  enter_until(slow, account, (slow_stamp){.time_ms = INT64_MAX, .number = SLOW_BY_TIME});
}

bool slow_has_events(const slow *slow, int account) {
  for (int i = 0; i < slow->event_count; i++) {
    if (slow_account_of(slow, slow->events[i].whose.account) == account) return true;
  }
  return false;
}

void slow_recount(slow *slow, int64_t until_ms) {
  size_t bytes = sizeof *slow->events * (size_t)slow->event_count;
  past_event *sorted = malloc(bytes + 1);
  if (bytes) memcpy(sorted, slow->events, bytes);
  qsort(sorted, (size_t)slow->event_count, sizeof *sorted, by_time);
  slow->entry_count = slow->standing_count = slow->over_count = 0;
  for (int i = 0; i < slow->stay_count; i++) slow->stays[i].resets = slow->stays[i].is_past = false;
  for (int account = 0; account < PEOPLE_MAX; account++) {
    if (slow_has_events(slow, account)) recount_account(slow, account, sorted, until_ms);
  }
  free(sorted);
}
