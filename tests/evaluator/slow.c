/* slow.c - see slow.h. */
#include "slow.h"

#include "slow_deal.h"
#include "words.h"

/* ---- Who it is about ------------------------------------------------------------------------- */

slow *slow_new(const treaty_program *program) {
  slow *made = calloc(1, sizeof *made);
  made->tree = program->symbols->tree;
  made->symbols = program->symbols;
  assert(made->symbols->kept_values.count <= KEPT_MAX);
  for (int i = 0; i < PEOPLE_MAX; i++) made->account_is[i] = made->lead_is[i] = i;
  made->deals = calloc(PEOPLE_MAX, sizeof *made->deals);
  made->joined = SLOW_NONE;
  slow_find_watches(made);
  slow_find_spans(made);
  slow_find_people(made);
  return made;
}

void slow_free(slow *slow) {
  if (!slow) return;
  free(slow->events);
  free(slow->entries);
  free(slow->watches);
  free(slow->standings);
  free(slow->stays);
  free(slow->keepings);
  free(slow->deals);
  free(slow->said);
  for (int i = 0; i < slow->text_count; i++) free(slow->texts[i]);
  free(slow);
}

int slow_account_of(const slow *slow, int account) {
  while (account != SLOW_NONE && slow->account_is[account] != account)
    account = slow->account_is[account];
  return account;
}

int slow_lead_of(const slow *slow, int lead) {
  while (lead != SLOW_NONE && slow->lead_is[lead] != lead) lead = slow->lead_is[lead];
  return lead;
}

void slow_merge_accounts(slow *slow, int kept, int gone) { slow->account_is[gone] = kept; }
void slow_join_leads(slow *slow, int kept, int gone) {
  if (is_earlier(slow->lead_opened[gone], slow->lead_opened[kept]))
    slow->lead_opened[kept] = slow->lead_opened[gone];
  slow_join_stays(slow, kept, gone);
  slow_join_deals(slow, kept, gone);
  slow->lead_is[gone] = kept;
}
void slow_move_lead(slow *slow, int lead, int account) {
  slow->lead_account[lead] = account;
  slow_put_last(slow, lead);
}
void slow_void(slow *slow, int event) {
  slow->events[event].voided = true;
  slow->took_back = true;
}

void slow_open_lead(slow *slow, int lead, int account, slow_stamp at, slow_stamp after) {
  assert(lead < PEOPLE_MAX);
  slow->lead_account[lead] = account;
  slow->lead_opened[lead] = at;
  slow->lead_closed[lead] = (slow_stamp){.time_ms = INT64_MAX};
  if (lead >= slow->lead_count) slow->lead_count = lead + 1;
  slow_enter_stage(slow, lead, 0, after, at.number == SLOW_BY_TIME, 0);
  slow_begin_deal(slow, lead);
}

void slow_add(slow *slow, const treaty_event *event, int64_t time_ms, slow_view whose) {
  if (slow->event_count == slow->event_room) {
    slow->event_room = slow->event_room ? slow->event_room * 2 : 64;
    slow->events = realloc(slow->events, sizeof *slow->events * (size_t)slow->event_room);
  }
  if (whose.person >= slow->person_count) slow->person_count = whose.person + 1;
  slow->events[slow->event_count] =
      (past_event){.event = event, .time_ms = time_ms, .number = slow->event_count, .whose = whose};
  slow->event_count++;
}

bool slow_is_member(const slow *slow, int lead, int person) {
  for (int i = 0; i < slow->entry_count; i++) {
    const entry *at = &slow->entries[i];
    if (at->event && at->whose.person == person && at->whose.leads & bit_of(lead)) return true;
  }
  return false;
}

/* ---- Expressions ----------------------------------------------------------------------------- */

static slow_value truth(int value) {
  return value == TREATY_UNKNOWN ? unknown : known(value == TREATY_TRUE);
}
static slow_value not3(slow_value value) {
  int is = truth_of(value);
  slow_value other = truth(is == TREATY_UNKNOWN ? is
                           : is == TREATY_TRUE  ? TREATY_FALSE
                                                : TREATY_TRUE);
  other.fuzzy = value.fuzzy;
  return other;
}

static bool is_text(const tr_expr *expr) { return expr->type->kind == TYPE_TEXT; }

static slow_value at_least(const asking *asking, const tr_exprs *list, uint32_t wanted) {
  uint32_t yes = 0, no = 0;
  bool fuzzy = false;
  for (uint32_t i = 0; i < list->count; i++) {
    slow_value value = slow_ask(asking, list->items[i]);
    yes += truth_of(value) == TREATY_TRUE;
    no += truth_of(value) == TREATY_FALSE;
    fuzzy |= value.fuzzy;
  }
  slow_value result = truth(yes >= wanted               ? TREATY_TRUE
                            : list->count - no < wanted ? TREATY_FALSE
                                                        : TREATY_UNKNOWN);
  result.fuzzy = fuzzy;
  return result;
}

/* Two units of the last digit are within the doubt of a score that halves. */
static bool is_close(slow_value a, slow_value b) {
  if (!a.fuzzy && !b.fuzzy) return false;
  return llabs(a.low - b.low) <= 2 || llabs(a.high - b.high) <= 2 || llabs(a.low - b.high) <= 2 ||
         llabs(a.high - b.low) <= 2;
}

static slow_value less(slow_value a, slow_value b) {
  slow_value result = unknown;
  if (a.known == SLOW_UNKNOWN || b.known == SLOW_UNKNOWN) return unknown;
  if (a.high < b.low) result = known(1);
  if (a.low >= b.high) result = known(0);
  result.fuzzy = is_close(a, b);
  return result;
}

static slow_value equal(slow_value a, slow_value b) {
  slow_value result = unknown;
  if (a.known == SLOW_UNKNOWN || b.known == SLOW_UNKNOWN) return unknown;
  if (a.known == SLOW_KNOWN && b.known == SLOW_KNOWN) result = known(a.low == b.low);
  if (a.high < b.low || b.high < a.low) result = known(0);
  result.fuzzy = is_close(a, b);
  return result;
}

static slow_value equal_sets(slow_value a, slow_value b, uint32_t count) {
  bool all_same = true;
  for (uint32_t i = 0; i < count; i++) {
    int64_t bit = INT64_C(1) << i;
    bool one = (a.low | a.high) & bit, other = (b.low | b.high) & bit;
    if (one && other && (a.low & bit) != (b.low & bit)) return known(0);
    if (!one || !other) all_same = false;
  }
  return all_same ? known(1) : unknown;
}

static slow_value compare(const asking *asking, const tr_expr *expr) {
  if (is_text(expr->left)) return slow_ask_text(asking, expr);
  slow_value a = slow_ask(asking, expr->left), b = slow_ask(asking, expr->right);
  bool sets = expr->left->type->kind == TYPE_SET;
  switch (expr->compare) {
    case COMPARE_EQ:
    case COMPARE_NE: {
      slow_value same = sets ? equal_sets(a, b, expr->left->type->values.count) : equal(a, b);
      return expr->compare == COMPARE_EQ ? same : not3(same);
    }
    case COMPARE_LT: return less(a, b);
    case COMPARE_GT: return less(b, a);
    case COMPARE_LE: return not3(less(b, a));
    default: return not3(less(a, b));
  }
}

static slow_value both(slow_value a, slow_value b) {
  int x = truth_of(a), y = truth_of(b);
  slow_value result = truth(x == TREATY_FALSE || y == TREATY_FALSE ? TREATY_FALSE
                            : x == TREATY_TRUE && y == TREATY_TRUE ? TREATY_TRUE
                                                                   : TREATY_UNKNOWN);
  result.fuzzy = a.fuzzy || b.fuzzy;
  return result;
}

static slow_value is_in(const asking *asking, const tr_expr *expr) {
  if (is_text(expr->left)) return slow_ask_text(asking, expr);
  slow_value value = slow_ask(asking, expr->left);
  if (value.known != SLOW_KNOWN) return unknown;
  for (uint32_t i = 0; i < expr->list.count; i++) {
    if (slow_ask(asking, expr->list.items[i]).low == value.low) return known(1);
  }
  return known(0);
}

static slow_value sum(slow_value a, slow_value b, int sign) {
  if (a.known == SLOW_UNKNOWN || b.known == SLOW_UNKNOWN) return unknown;
  if (sign > 0) return range(a.low + b.low, a.high + b.high, a.fuzzy || b.fuzzy);
  return range(a.low - b.high, a.high - b.low, a.fuzzy || b.fuzzy);
}

static slow_value extreme(slow_value a, slow_value b, bool larger) {
  if (a.known == SLOW_UNKNOWN || b.known == SLOW_UNKNOWN) return unknown;
  int64_t low = (a.low > b.low) == larger ? a.low : b.low,
          high = (a.high > b.high) == larger ? a.high : b.high;
  return range(low, high, a.fuzzy || b.fuzzy);
}

static slow_value extreme_of(const asking *asking, const tr_exprs *list, bool larger) {
  slow_value value = slow_ask(asking, list->items[0]);
  for (uint32_t i = 1; i < list->count; i++)
    value = extreme(value, slow_ask(asking, list->items[i]), larger);
  return value;
}

/* ---- Facts and what happened ----------------------------------------------------------------- */

/* The last word on a field, or on one value of a set; NULL: none. */
static const entry *last_word(const slow *slow, tr_entity entity, uint32_t field, uint64_t element,
                              slow_view view) {
  for (int k = slow->entry_count; k-- > 0;) {
    const entry *taught = &slow->entries[k];
    if (taught->kind == TAUGHT && taught->entity == entity && taught->what == field &&
        (!element || taught->elements & element) && concerns(entity, taught->whose, view))
      return taught;
  }
  return NULL;
}

static bool still_holds(const entry *taught, int64_t now_ms) {
  return taught && taught->value.known != SLOW_UNKNOWN && now_ms < taught->until_ms;
}

slow_value slow_field(slow *slow, tr_entity entity, uint32_t field, slow_view view,
                      int64_t now_ms) {
  const tr_type *type = slow->symbols->fields[entity].items[field].type;
  if (type->kind != TYPE_SET) {
    const entry *taught = last_word(slow, entity, field, 0, view);
    return still_holds(taught, now_ms) ? taught->value : unknown;
  }
  slow_value value = {.known = SLOW_KNOWN};
  for (uint32_t i = 0; i < type->values.count; i++) {
    int64_t bit = INT64_C(1) << i;
    const entry *taught = last_word(slow, entity, field, (uint64_t)bit, view);
    if (!still_holds(taught, now_ms)) continue;
    if (taught->value.low & bit)
      value.low |= bit;
    else
      value.high |= bit;
  }
  return value;
}

static slow_value count(const asking *asking, const tr_expr *expr, int64_t *latest_ms) {
  const slow *slow = asking->slow;
  uint32_t trigger = trigger_of(slow, expr->name.text);
  int64_t number = 0;
  *latest_ms = INT64_MIN;
  for (int i = 0; i < slow->entry_count; i++) {
    const entry *fired = &slow->entries[i];
    if (fired->kind != FIRED || fired->what != trigger || fired->time_ms > asking->now_ms) continue;
    if (!concerns((tr_entity)expr->entity, fired->whose, asking->view)) continue;
    bool in_span = expr->number < 0 || fired->time_ms > asking->now_ms - expr->number;
    if (expr->kind != EXPR_TIME_SINCE && !in_span) continue;
    number++;
    *latest_ms = fired->time_ms;
  }
  return known(number * MILLION);
}

/* A payload field of what fired, by name: a signal may be of several events. */
static bool measure(const entry *fired, const char *field, int64_t *number) {
  const treaty_event_type *type = fired->event->type;
  for (uint32_t i = 0; i < type->field_count; i++) {
    if (strcmp(type->fields[i].name, field) != 0 || !fired->event->values[i].present) continue;
    *number = fired->event->values[i].integer;
    return true;
  }
  return false;
}

static slow_value measured(const asking *asking, const tr_expr *expr) {
  const slow *slow = asking->slow;
  uint32_t trigger = trigger_of(slow, expr->name.text);
  bool some = false;
  int64_t result = 0, number;
  for (int i = 0; i < slow->entry_count; i++) {
    const entry *fired = &slow->entries[i];
    bool in_span = expr->number < 0 || fired->time_ms > asking->now_ms - expr->number;
    if (fired->kind != FIRED || fired->what != trigger || !in_span) continue;
    if (!concerns((tr_entity)expr->entity, fired->whose, asking->view)) continue;
    if (!measure(fired, expr->member.text, &number)) continue;
    if (expr->kind == EXPR_SUM_IN)
      result += number;
    else if (!some || (number > result) == (expr->kind == EXPR_MAX_IN))
      result = number;
    some = true;
  }
  return some || expr->kind == EXPR_SUM_IN ? known(result) : unknown;
}

static slow_value days(const asking *asking, const tr_expr *expr) {
  const slow *slow = asking->slow;
  uint32_t trigger = trigger_of(slow, expr->name.text);
  int64_t count = 0, last_day = INT64_MIN;
  for (int i = 0; i < slow->entry_count; i++) {
    const entry *fired = &slow->entries[i];
    bool in_span = expr->number < 0 || fired->time_ms > asking->now_ms - expr->number;
    if (fired->kind != FIRED || fired->what != trigger || !in_span) continue;
    if (!concerns((tr_entity)expr->entity, fired->whose, asking->view)) continue;
    if (fired->time_ms / DAY_MS != last_day) count++;
    last_day = fired->time_ms / DAY_MS;
  }
  return known(count * MILLION);
}

/* The treaties name no zone: days are those of UTC. */
static slow_value days_off(const asking *asking, const tr_expr *expr) {
  slow_value date = slow_ask(asking, expr->left);
  if (date.known == SLOW_UNKNOWN) return unknown;
  if (expr->left->type->kind == TYPE_TIME) date = known(date.low / DAY_MS);
  int64_t off = date.low - asking->now_ms / DAY_MS;
  return known((expr->kind == EXPR_DAYS_UNTIL ? off : -off) * MILLION);
}

/* ---- Tables ---------------------------------------------------------------------------------- */

static int test_holds(const asking *asking, const tr_table_test *test, slow_value column) {
  bool is_unknown = column.known != SLOW_KNOWN;
  if (!test->value) return is_unknown == (test->compare != COMPARE_NE) ? TREATY_TRUE : TREATY_FALSE;
  slow_value value = slow_ask(asking, test->value);
  if (test->to)
    return truth_of(
        both(not3(less(column, value)), not3(less(slow_ask(asking, test->to), column))));
  switch (test->compare) {
    case COMPARE_EQ: return truth_of(equal(column, value));
    case COMPARE_NE: return truth_of(not3(equal(column, value)));
    case COMPARE_LT: return truth_of(less(column, value));
    case COMPARE_GT: return truth_of(less(value, column));
    case COMPARE_LE: return truth_of(not3(less(value, column)));
    default: return truth_of(not3(less(column, value)));
  }
}

static int row_holds(const asking *asking, const tr_table *table, const tr_table_row *row) {
  int all = TREATY_TRUE;
  for (uint32_t i = 0; i < row->cells.count; i++) {
    const tr_table_cell *cell = &row->cells.items[i];
    slow_value column = slow_ask(asking, table->columns.items[i]);
    int holds = cell->any ? TREATY_TRUE : TREATY_FALSE;
    for (uint32_t k = 0; k < cell->tests.count && holds != TREATY_TRUE; k++) {
      int one = test_holds(asking, &cell->tests.items[k], column);
      if (one != TREATY_FALSE) holds = one;
    }
    if (holds == TREATY_FALSE) return TREATY_FALSE;
    if (holds == TREATY_UNKNOWN) all = TREATY_UNKNOWN;
  }
  return all;
}

static slow_value look_up(const asking *asking, const tr_table *table) {
  slow_value agreed = unknown;
  for (uint32_t i = 0; i < table->rows.count; i++) {
    const tr_table_row *row = table->rows.items[i];
    int holds = row_holds(asking, table, row);
    if (holds == TREATY_FALSE) continue;
    slow_value value = slow_ask(asking, row->result);
    if (holds == TREATY_TRUE)
      return !table->each_once || agreed.known == SLOW_UNKNOWN || agreed.low == value.low ? value
                                                                                          : unknown;
    if (!table->each_once) return unknown;
    if (agreed.known == SLOW_KNOWN && agreed.low != value.low) return unknown;
    agreed = value;
  }
  return agreed;
}

/* ---- Members and leads ----------------------------------------------------------------------- */

typedef struct gathering {
  const asking *asking;
  const tr_expr *expr;
  int found;
  slow_value value;
  bool some_unknown;
} gathering;

static void gather(gathering *all, slow_view view) {
  asking inner = *all->asking;
  inner.view = view;
  const tr_expr *part = all->expr->left;
  slow_value value = part ? slow_ask(&inner, part) : known(1);
  int is = truth_of(value);
  bool fuzzy = all->value.fuzzy || value.fuzzy;
  switch (all->expr->kind) {
    case EXPR_ANY_HAS:
      if (truth_of(all->value) != TREATY_TRUE && is != TREATY_FALSE) all->value = truth(is);
      break;
    case EXPR_EVERY_HAS:
      if (truth_of(all->value) != TREATY_FALSE && is != TREATY_TRUE) all->value = truth(is);
      break;
    case EXPR_COUNT_WITH:
      all->value = range(all->value.low + (is == TREATY_TRUE ? MILLION : 0),
                         all->value.high + (is != TREATY_FALSE ? MILLION : 0), false);
      break;
    default:
      if (value.known == SLOW_UNKNOWN) {
        all->some_unknown = true;
        break;
      }
      if (all->found++ == 0 && all->expr->kind != EXPR_SUM_OF)
        all->value = value;
      else if (all->expr->kind == EXPR_SUM_OF)
        all->value = sum(all->value, value, 1);
      else
        all->value = extreme(all->value, value, all->expr->kind == EXPR_MAX_OF);
  }
  all->value.fuzzy = fuzzy;
}

static bool center_complete(const asking *asking) {
  /* The first of the lead's fields: it is there without a declaration. */
  slow_value value = slow_field(asking->slow, ENTITY_LEAD, 0, asking->view, asking->now_ms);
  return value.known == SLOW_KNOWN && value.low;
}

static void gather_members(gathering *all) {
  const asking *asking = all->asking;
  slow_view view = asking->view;
  for (int person = 0; person < asking->slow->person_count; person++) {
    if (!slow_is_member(asking->slow, view.lead, person)) continue;
    gather(all, (slow_view){.account = view.account, .person = person, .lead = view.lead});
  }
  if (!center_complete(asking))
    gather(all, (slow_view){.account = view.account, .person = SLOW_NONE, .lead = view.lead});
}

static void gather_leads(gathering *all) {
  const slow *slow = all->asking->slow;
  slow_view view = all->asking->view;
  for (int lead = 0; lead < slow->lead_count; lead++) {
    if (slow_account_of(slow, slow->lead_account[lead]) != view.account) continue;
    bool itself = lead == view.lead;
    if (slow_lead_of(slow, lead) != lead) continue;
    if (all->expr->group == GROUP_OTHER_LEADS && itself) continue;
    if (!itself && is_earlier(all->asking->at, slow->lead_opened[lead])) continue;
    gather(all, (slow_view){.account = view.account, .person = SLOW_NONE, .lead = lead});
  }
}

#define FAR (INT64_MAX / 4)

static slow_value group(const asking *asking, const tr_expr *expr) {
  gathering all = {.asking = asking, .expr = expr, .value = known(0)};
  if (expr->kind == EXPR_EVERY_HAS) all.value = known(1);
  if (expr->group == GROUP_MEMBERS)
    gather_members(&all);
  else
    gather_leads(&all);
  bool extremes = expr->kind == EXPR_MAX_OF || expr->kind == EXPR_MIN_OF;
  if (extremes && all.found == 0) return unknown;
  if (!all.some_unknown) return all.value;
  if (!extremes) return unknown;
  bool ends = expr->type->kind == TYPE_SCALE; /* nobody is beyond them */
  int64_t least = ends ? 0 : -FAR, most = ends ? expr->type->values.count - 1 : FAR;
  if (expr->kind == EXPR_MAX_OF) return range(all.value.low, most, all.value.fuzzy);
  return range(least, all.value.high, all.value.fuzzy);
}

/* ---- Names ----------------------------------------------------------------------------------- */

static slow_value event_value(const asking *asking, const tr_expr *expr) {
  const treaty_value *value = &asking->event->event->values[expr->index];
  if (!value->present)
    return expr->type->kind == TYPE_SET ? (slow_value){.known = SLOW_KNOWN} : unknown;
  if (is_text(expr)) return known(words_find(value->text.bytes, value->text.length));
  if (expr->type->kind != TYPE_SET) return known(value->integer);
  int64_t all = (INT64_C(1) << expr->type->values.count) - 1;
  return (slow_value){.known = SLOW_KNOWN, .low = value->integer, .high = all & ~value->integer};
}

static slow_value ask_criterion(const asking *asking, uint32_t index);

static slow_value name(const asking *asking, const tr_expr *expr) {
  switch ((tr_ref_kind)expr->ref_kind) {
    case REF_FIELD:
      return slow_field(asking->slow, (tr_entity)expr->entity, expr->index, asking->view,
                        asking->now_ms);
    case REF_EVENT_FIELD: return event_value(asking, expr);
    case REF_VALUE: return known(expr->number);
    case REF_SCORE: return slow_ask_score(asking, expr->index);
    case REF_DEFINE: return slow_ask_define(asking, expr->index);
    case REF_CRITERION: return ask_criterion(asking, expr->index);
    case REF_PHASE: return slow_ask_phase(asking);
    case REF_KEPT: return slow_ask_kept(asking, expr->index);
    case REF_OPENED_AT:
    case REF_STAGE: return slow_ask_stay(asking, expr);
    default: abort();
  }
}

static slow_value is_known(const asking *asking, const tr_expr *expr) {
  slow_value value = slow_ask(asking, expr->left);
  if (expr->left->type->kind != TYPE_SET) return known(value.known == SLOW_KNOWN);
  int64_t all = (INT64_C(1) << expr->left->type->values.count) - 1;
  return known(((value.low | value.high) & all) == all);
}

static slow_value has(const asking *asking, const tr_expr *expr) {
  slow_value set = slow_ask(asking, expr->left);
  int64_t bit = INT64_C(1) << slow_ask(asking, expr->right).low;
  return set.low & bit ? known(1) : set.high & bit ? known(0) : unknown;
}

slow_value slow_ask(const asking *asking, const tr_expr *expr) {
  int64_t latest_ms;
  slow_value value;
  switch (expr->kind) {
    case EXPR_TRUTH:
    case EXPR_NUMBER:
    case EXPR_DATE:
    case EXPR_DURATION: return known(expr->number);
    case EXPR_TEXT: return known(words_find(expr->text, strlen(expr->text)));
    case EXPR_NAME: return name(asking, expr);
    case EXPR_AND: return at_least(asking, &expr->list, expr->list.count);
    case EXPR_OR: return at_least(asking, &expr->list, 1);
    case EXPR_ALL_OF: return at_least(asking, &expr->list, expr->list.count);
    case EXPR_NONE_OF: return not3(at_least(asking, &expr->list, 1));
    case EXPR_AT_LEAST: return at_least(asking, &expr->list, (uint32_t)expr->number);
    case EXPR_NOT: return not3(slow_ask(asking, expr->left));
    case EXPR_BEFORE: return less(slow_ask(asking, expr->left), slow_ask(asking, expr->right));
    case EXPR_COMPARE: return compare(asking, expr);
    case EXPR_IN: return is_in(asking, expr);
    case EXPR_BETWEEN:
      value = slow_ask(asking, expr->left);
      return both(not3(less(value, slow_ask(asking, expr->list.items[0]))),
                  not3(less(slow_ask(asking, expr->list.items[1]), value)));
    case EXPR_HAS: return has(asking, expr);
    case EXPR_IS_KNOWN: return is_known(asking, expr);
    case EXPR_IS_OPEN: return known(truth_of(slow_ask(asking, expr->left)) == TREATY_UNKNOWN);
    case EXPR_OTHERWISE:
      value = slow_ask(asking, expr->left);
      return value.known == SLOW_KNOWN ? value : slow_ask(asking, expr->right);
    case EXPR_ADD: return sum(slow_ask(asking, expr->left), slow_ask(asking, expr->right), 1);
    case EXPR_SUBTRACT: return sum(slow_ask(asking, expr->left), slow_ask(asking, expr->right), -1);
    case EXPR_NEGATE: return sum(known(0), slow_ask(asking, expr->left), -1);
    case EXPR_LARGER: return extreme_of(asking, &expr->list, true);
    case EXPR_SMALLER: return extreme_of(asking, &expr->list, false);
    case EXPR_ANY_HAS:
    case EXPR_EVERY_HAS:
    case EXPR_COUNT_WITH:
    case EXPR_SUM_OF:
    case EXPR_MAX_OF:
    case EXPR_MIN_OF: return group(asking, expr);
    case EXPR_COUNT: return count(asking, expr, &latest_ms);
    case EXPR_SUM_IN:
    case EXPR_MAX_IN:
    case EXPR_MIN_IN: return measured(asking, expr);
    case EXPR_COUNT_DAYS: return days(asking, expr);
    case EXPR_DAYS_UNTIL:
    case EXPR_DAYS_SINCE: return days_off(asking, expr);
    case EXPR_EXACTLY:
    case EXPR_IN_LIST:
    case EXPR_STARTS_WITH:
    case EXPR_ENDS_WITH:
    case EXPR_CONTAINS:
    case EXPR_MATCHES:
    case EXPR_HAS_ANY_OF: return slow_ask_text(asking, expr);
    case EXPR_AGE:
    case EXPR_DATE_ENTERED:
    case EXPR_TIMES_ENTERED:
    case EXPR_TIME_IN_STAGE: return slow_ask_stay(asking, expr);
    case EXPR_TABLE: return look_up(asking, expr->table);
    case EXPR_NO: return known(count(asking, expr, &latest_ms).low == 0);
    case EXPR_TIME_SINCE:
      return count(asking, expr, &latest_ms).low == 0 ? unknown : known(asking->now_ms - latest_ms);
    default: abort(); /* the random rules do not have it */
  }
}

/* ---- What is asked --------------------------------------------------------------------------- */

slow_value slow_ask_define(const asking *asking, uint32_t index) {
  const tr_define *define = asking->slow->symbols->defines.items[index];
  if (!define->fixed_at.text) return slow_ask(asking, define->value);
  return slow_field(asking->slow, define->entity, define->fixed_field, asking->view,
                    asking->now_ms);
}

static slow_value ask_criterion(const asking *asking, uint32_t index) {
  const tr_criterion *criterion = asking->slow->symbols->criteria.items[index];
  slow_value met = slow_ask(asking, criterion->met);
  if (!criterion->unmet) return met;
  slow_value unmet = slow_ask(asking, criterion->unmet);
  bool yes = truth_of(met) == TREATY_TRUE, no = truth_of(unmet) == TREATY_TRUE;
  slow_value value = yes == no ? unknown : known(yes);
  value.fuzzy = met.fuzzy || unmet.fuzzy;
  return value;
}

static asking at_present(slow *slow, slow_view view, int64_t now_ms) {
  return (asking){.slow = slow, .view = view, .now_ms = now_ms, .at = {.time_ms = INT64_MAX}};
}

slow_value slow_score(slow *slow, uint32_t index, slow_view view, int64_t now_ms) {
  asking asking = at_present(slow, view, now_ms);
  return slow_ask_score(&asking, index);
}

slow_value slow_define(slow *slow, uint32_t index, slow_view view, int64_t now_ms) {
  asking asking = at_present(slow, view, now_ms);
  return slow_ask_define(&asking, index);
}

slow_value slow_criterion(slow *slow, uint32_t index, slow_view view, int64_t now_ms) {
  asking asking = at_present(slow, view, now_ms);
  return ask_criterion(&asking, index);
}
