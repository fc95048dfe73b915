/* build.c - making the tree, declaration by declaration in the order of the grammar; see build.h.
 * Expressions are in build_expr.c, agreements in build_clause.c. */
#include "grammar/build.h"

#include <string.h>

#define TREE_PUSH(parse, list, item) TR_PUSH((parse)->arena, &(parse)->tree->list, item)

tr_name tr_build_reserved(tr_parse *parse, tr_span span, const char *text) {
  tr_diag *diag =
      tr_report(parse->diags, DIAG_WRONG_FORM, span,
                "'%s' is a word of the language and cannot be declared as a name", text);
  tr_diag_help(diag, "Choose another name, such as '%s_'.", text);
  parse->reserved_to = span.to;
  tr_name name = tr_build_name(span, text);
  TREE_PUSH(parse, refused, name);
  return name;
}

tr_name tr_build_dotted(tr_parse *parse, tr_span span, tr_name left, tr_name right) {
  return tr_build_name(span, tr_arena_print(parse->arena, "%s.%s", left.text, right.text));
}

tr_names *tr_build_names(tr_parse *parse, tr_names *names, tr_name name) {
  if (!names) names = TR_NEW(parse->arena, tr_names);
  TR_PUSH(parse->arena, names, name);
  return names;
}

int64_t tr_build_duration(tr_parse *parse, tr_span span, int64_t millionths, int64_t unit_ms) {
  __int128 ms = (__int128)millionths * unit_ms;
  if (ms % 1000000 != 0 || ms / 1000000 > INT64_C(100000) * 86400000) {
    tr_report(parse->diags, DIAG_OUT_OF_RANGE, span,
              "a time is a whole number of milliseconds, and 100,000 days at most");
    return unit_ms;
  }
  return (int64_t)(ms / 1000000);
}

void tr_build_lost(tr_parse *parse, tr_span first, tr_span next) {
  tr_span lost = {.file = first.file, .from = first.from, .to = next.from};
  TREE_PUSH(parse, lost, lost);
}

void tr_build_item(tr_parse *parse, tr_span span) { TREE_PUSH(parse, items, span); }

void tr_build_use(tr_parse *parse, tr_span span, const char *path) {
  tr_use use = {.path = path, .span = span};
  TREE_PUSH(parse, uses, use);
}

void tr_build_zone(tr_parse *parse, tr_span span, const char *zone) {
  TREE_PUSH(parse, zones, tr_build_name(span, zone));
}

void tr_build_late(tr_parse *parse, tr_span span, int64_t late_ms) {
  if (parse->tree->has_late) {
    tr_diag *diag =
        tr_report(parse->diags, DIAG_REPEATED, span, "the lateness horizon is given twice");
    tr_diag_related(diag, parse->tree->late_span, "first here");
  }
  parse->tree->has_late = true;
  parse->tree->late_span = span;
  parse->tree->late_ms = late_ms;
}

void tr_build_party(tr_parse *parse, tr_name name) {
  TREE_PUSH(parse, parties, TR_BUILD_KEEP(parse, tr_party, {.name = name}));
}

void tr_build_contact(tr_parse *parse, tr_name name, tr_name party, const char *address) {
  TREE_PUSH(parse, contacts,
            TR_BUILD_KEEP(parse, tr_contact, {.name = name, .party = party, .address = address}));
}

/* ---- Fields and types ------------------------------------------------------------------------ */

void tr_build_block(tr_parse *parse, tr_span span, tr_entity entity, tr_fields *fields) {
  tr_block *block = TR_BUILD_KEEP(parse, tr_block, {.entity = entity, .span = span});
  if (fields) block->fields = *fields;
  TREE_PUSH(parse, blocks, block);
}

void tr_build_type_decl(tr_parse *parse, tr_name name, tr_type *type) {
  TREE_PUSH(parse, types, TR_BUILD_KEEP(parse, tr_type_decl, {.name = name, .type = type}));
}

tr_field *tr_build_field(tr_parse *parse, tr_name name, const char *key, tr_type *type,
                         tr_expr *starting) {
  return TR_BUILD_KEEP(
      parse, tr_field,
      {.name = name, .key = key ? key : name.text, .type = type, .starting = starting});
}

tr_fields *tr_build_fields(tr_parse *parse, tr_fields *fields, tr_field *field) {
  if (!fields) fields = TR_NEW(parse->arena, tr_fields);
  TR_PUSH(parse->arena, fields, *field);
  return fields;
}

tr_type *tr_build_type(tr_parse *parse, tr_span span, tr_type_kind kind) {
  return TR_BUILD_KEEP(parse, tr_type, {.kind = kind, .span = span});
}

tr_type *tr_build_type_of(tr_parse *parse, tr_span span, tr_type_kind kind, tr_names *values) {
  return TR_BUILD_KEEP(parse, tr_type, {.kind = kind, .span = span, .values = *values});
}

tr_type *tr_build_type_named(tr_parse *parse, tr_span span, tr_name name) {
  return TR_BUILD_KEEP(parse, tr_type, {.kind = TYPE_NAMED, .span = span, .name = name});
}

tr_type *tr_build_set_of(tr_parse *parse, tr_span span, tr_name name) {
  return TR_BUILD_KEEP(
      parse, tr_type,
      {.kind = TYPE_SET, .span = span, .of = tr_build_type_named(parse, name.span, name)});
}

tr_type *tr_build_money(tr_parse *parse, tr_span span, tr_token_value currency) {
  return TR_BUILD_KEEP(parse, tr_type,
                       {.kind = TYPE_MONEY,
                        .span = span,
                        .currency = currency.text,
                        .currency_digits = (uint32_t)currency.number});
}

void tr_build_list(tr_parse *parse, tr_name name, tr_exprs *values) {
  TREE_PUSH(parse, lists, TR_BUILD_KEEP(parse, tr_list_decl, {.name = name, .values = *values}));
}

void tr_build_list_from(tr_parse *parse, tr_name name, tr_use from) {
  TREE_PUSH(parse, lists, TR_BUILD_KEEP(parse, tr_list_decl, {.name = name, .from = from}));
}

tr_rows *tr_build_row(tr_parse *parse, tr_span span, tr_rows *rows, tr_exprs *keys,
                      tr_exprs *values) {
  if (!rows) rows = TR_NEW(parse->arena, tr_rows);
  tr_row row = {.span = tr_span_join(keys->items[0]->span, span), .keys = *keys, .values = *values};
  TR_PUSH(parse->arena, rows, row);
  return rows;
}

void tr_build_catalogue(tr_parse *parse, tr_name name, tr_names *keys, tr_fields *columns,
                        tr_rows *rows, tr_use from) {
  tr_catalogue *catalogue = TR_BUILD_KEEP(
      parse, tr_catalogue, {.name = name, .keys = *keys, .columns = *columns, .from = from});
  if (rows) catalogue->rows = *rows;
  if (rows && from.path)
    tr_report(parse->diags, DIAG_WRONG_FORM, from.span,
              "the rows stand in the braces or in a file, and not in both");
  TREE_PUSH(parse, catalogues, catalogue);
}

/* ---- Events and what they teach -------------------------------------------------------------- */

tr_event_decl *tr_build_event_head(tr_parse *parse, tr_name name, const char *type, tr_name by,
                                   bool contact) {
  return TR_BUILD_KEEP(
      parse, tr_event_decl,
      {.name = name, .type = type ? type : name.text, .by = by, .contact = contact});
}

void tr_build_event(tr_parse *parse, tr_event_decl *event, tr_fields *fields) {
  if (fields) event->fields = *fields;
  TREE_PUSH(parse, events, event);
}

void tr_build_source(tr_parse *parse, tr_name name, tr_names *sends) {
  TREE_PUSH(parse, sources, TR_BUILD_KEEP(parse, tr_source_decl, {.name = name, .sends = *sends}));
}

void tr_build_without_account(tr_parse *parse, tr_name what) {
  TREE_PUSH(parse, without_account, what);
}

void tr_build_bind(tr_parse *parse, tr_span span, tr_entity entity, tr_expr *value,
                   tr_name except) {
  TREE_PUSH(parse, binds,
            TR_BUILD_KEEP(parse, tr_bind,
                          {.entity = entity, .span = span, .value = value, .except = except}));
}

void tr_build_learn(tr_parse *parse, tr_span span, tr_pattern pattern, tr_actions *actions) {
  tr_learn *learn = TR_BUILD_KEEP(parse, tr_learn, {.span = span, .pattern = pattern});
  if (actions) learn->actions = *actions;
  TREE_PUSH(parse, learns, learn);
}

tr_actions *tr_build_action(tr_parse *parse, tr_span span, tr_action_kind kind, tr_name target,
                            tr_expr *value) {
  tr_actions *actions = TR_NEW(parse->arena, tr_actions);
  tr_action action = {.kind = kind, .span = span, .target = target, .value = value};
  TR_PUSH(parse->arena, actions, action);
  return actions;
}

tr_actions *tr_build_action_for(tr_parse *parse, tr_span span, tr_actions *action, int64_t for_ms) {
  if (for_ms == 0) {
    tr_report(parse->diags, DIAG_OUT_OF_RANGE, span,
              "what is known for no time is not known at all");
    for_ms = 1;
  }
  action->items[0].for_ms = for_ms;
  return action;
}

tr_actions *tr_build_action_step(tr_parse *parse, tr_span span, tr_action_kind kind, tr_name target,
                                 int64_t millionths) {
  if (millionths % 1000000 != 0 || millionths <= 0 || millionths > 64000000) {
    tr_report(parse->diags, DIAG_OUT_OF_RANGE, span,
              "a scale is lowered or raised by 1 to 64 whole steps");
    millionths = 1000000;
  }
  tr_actions *actions = tr_build_action(parse, span, kind, target, NULL);
  actions->items[0].steps = (uint32_t)(millionths / 1000000);
  return actions;
}

tr_actions *tr_build_actions(tr_parse *parse, tr_actions *actions, tr_actions *more) {
  if (!actions) return more;
  for (uint32_t i = 0; more && i < more->count; i++) TR_PUSH(parse->arena, actions, more->items[i]);
  return actions;
}

tr_patterns *tr_build_patterns(tr_parse *parse, tr_patterns *patterns, tr_pattern pattern) {
  if (!patterns) patterns = TR_NEW(parse->arena, tr_patterns);
  TR_PUSH(parse->arena, patterns, pattern);
  return patterns;
}

void tr_build_signal(tr_parse *parse, tr_name name, tr_patterns *patterns) {
  TREE_PUSH(parse, signals, TR_BUILD_KEEP(parse, tr_signal, {.name = name, .patterns = *patterns}));
}

tr_pattern tr_build_any_buyer(tr_span span, tr_expr *where) {
  return (tr_pattern){
      .event = tr_build_name(span, "any buyer event"), .any_buyer = true, .where = where};
}

void tr_build_sequence(tr_parse *parse, tr_name name, tr_patterns *patterns, int64_t within_ms,
                       tr_name after, tr_span same_span, tr_entity same) {
  TREE_PUSH(parse, signals,
            TR_BUILD_KEEP(parse, tr_signal,
                          {.name = name,
                           .patterns = *patterns,
                           .other = after,
                           .span_ms = within_ms,
                           .entity = same,
                           .entity_span = same_span}));
}

void tr_build_absence(tr_parse *parse, tr_name name, tr_entity entity, tr_name other,
                      int64_t for_ms) {
  TREE_PUSH(parse, signals,
            TR_BUILD_KEEP(parse, tr_signal,
                          {.name = name,
                           .kind = SIGNAL_ABSENCE,
                           .other = other,
                           .span_ms = for_ms,
                           .entity = entity}));
}

void tr_build_begins(tr_parse *parse, tr_name name, tr_entity entity, tr_expr *when) {
  TREE_PUSH(parse, signals,
            TR_BUILD_KEEP(parse, tr_signal,
                          {.name = name, .kind = SIGNAL_BEGINS, .entity = entity, .when = when}));
}

/* ---- Scores ---------------------------------------------------------------------------------- */

tr_score *tr_build_score_head(tr_parse *parse, tr_name name, tr_entity entity, tr_expr *low,
                              tr_expr *high) {
  return TR_BUILD_KEEP(parse, tr_score, {.name = name, .entity = entity, .low = low, .high = high});
}

tr_score *tr_build_score_body(tr_parse *parse) { return TR_NEW(parse->arena, tr_score); }

tr_score *tr_build_halves(tr_parse *parse, tr_span span, tr_score *body, int64_t halves_ms) {
  if (body->halves_ms) tr_report(parse->diags, DIAG_REPEATED, span, "a score halves in one way");
  body->halves_ms = halves_ms;
  return body;
}

tr_score *tr_build_expires(tr_parse *parse, tr_span span, tr_score *body, int64_t expires_ms) {
  if (body->expires_ms) tr_report(parse->diags, DIAG_REPEATED, span, "points expire in one way");
  body->expires_ms = expires_ms;
  body->expires_span = span;
  return body;
}

tr_score *tr_build_counts(tr_parse *parse, tr_span span, tr_score *body, tr_expr *when) {
  if (body->counts_while) {
    tr_diag *diag =
        tr_report(parse->diags, DIAG_REPEATED, span, "a score says once when it counts");
    tr_diag_help(diag, "Join the conditions with 'and'.");
  }
  body->counts_while = when;
  return body;
}

tr_score *tr_build_frozen(tr_parse *parse, tr_span span, tr_score *body, tr_expr *when,
                          bool decay_goes_on) {
  if (body->frozen_while) {
    tr_diag *diag =
        tr_report(parse->diags, DIAG_REPEATED, span, "a score says once when it is frozen");
    tr_diag_help(diag, "Join the conditions with 'or'.");
  }
  body->frozen_while = when;
  body->decay_goes_on = decay_goes_on;
  return body;
}

tr_score *tr_build_points(tr_parse *parse, tr_score *body, tr_points *points) {
  if (points) TR_PUSH(parse->arena, &body->points, *points);
  return body;
}

void tr_build_score(tr_parse *parse, tr_score *head, tr_score *body) {
  body->name = head->name;
  body->entity = head->entity;
  body->low = head->low;
  body->high = head->high;
  body->floors = head->floors;
  TREE_PUSH(parse, scores, body);
}

tr_points *tr_build_points_on(tr_parse *parse, tr_span span, tr_name on, tr_expr *add,
                              tr_points *limits) {
  tr_points *points = limits ? limits : TR_NEW(parse->arena, tr_points);
  points->kind = POINTS_ON;
  points->span = span;
  points->on = on;
  points->add = add;
  return points;
}

tr_points *tr_build_points_when(tr_parse *parse, tr_span span, tr_expr *when, tr_expr *add) {
  return TR_BUILD_KEEP(parse, tr_points,
                       {.kind = POINTS_WHEN, .span = span, .when = when, .add = add});
}

tr_points *tr_build_points_reset(tr_parse *parse, tr_span span, tr_points_kind kind, tr_name on,
                                 tr_expr *to) {
  return TR_BUILD_KEEP(parse, tr_points, {.kind = kind, .span = span, .on = on, .reset_to = to});
}

tr_points *tr_build_loses(tr_parse *parse, tr_span span, tr_span points_span, int64_t points,
                          int64_t after_ms, tr_points *limits) {
  tr_points *loses = limits ? limits : TR_NEW(parse->arena, tr_points);
  loses->kind = POINTS_LOSES;
  loses->span = span;
  loses->add = tr_build_number(parse, points_span, EXPR_NUMBER, -points);
  loses->after_ms = after_ms;
  if (loses->at_most || (loses->once && !loses->once_in_ms)) {
    tr_diag *diag = tr_report(parse->diags, DIAG_WRONG_FORM, span,
                              "a loss has one limit, in a stretch of time");
    tr_diag_help(diag, "Write 'at most once in 30 days', for example.");
  }
  return loses;
}

tr_points *tr_build_once(tr_parse *parse, tr_points *limits, int64_t in_ms) {
  if (!limits) limits = TR_NEW(parse->arena, tr_points);
  limits->once = true;
  limits->once_in_ms = in_ms;
  return limits;
}

tr_points *tr_build_at_most(tr_parse *parse, tr_points *limits, tr_expr *most, int64_t in_ms) {
  if (!limits) limits = TR_NEW(parse->arena, tr_points);
  limits->at_most = most;
  limits->at_most_in_ms = in_ms;
  return limits;
}

tr_points *tr_build_per_day(tr_parse *parse, tr_points *limits, tr_expr *most, tr_span unit_span,
                            int64_t unit_ms, tr_name zone) {
  if (unit_ms != 86400000)
    tr_report(parse->diags, DIAG_WRONG_FORM, unit_span, "points are limited per calendar day");
  limits =
      tr_build_at_most(parse, limits, most, 2 * INT64_C(86400000)); /* a day with all its hours */
  limits->per_day = true;
  limits->zone = zone;
  return limits;
}

/* ---- Definitions, criteria, stages ----------------------------------------------------------- */

void tr_build_define(tr_parse *parse, tr_name name, tr_entity entity, tr_type *type, tr_expr *value,
                     tr_name fixed_at) {
  TREE_PUSH(
      parse, defines,
      TR_BUILD_KEEP(
          parse, tr_define,
          {.name = name, .entity = entity, .type = type, .value = value, .fixed_at = fixed_at}));
}

void tr_build_criterion(tr_parse *parse, tr_span span, tr_name name, const char *question,
                        tr_expr *met, tr_expr *unmet) {
  TREE_PUSH(parse, criteria,
            TR_BUILD_KEEP(
                parse, tr_criterion,
                {.name = name, .question = question, .met = met, .unmet = unmet, .span = span}));
}

tr_phases *tr_build_phase_entries(tr_parse *parse) { return TR_NEW(parse->arena, tr_phases); }

tr_phases *tr_build_phase_add(tr_parse *parse, tr_phases *phases, tr_phase *phase) {
  TR_PUSH(parse->arena, &phases->list, *phase);
  return phases;
}

tr_phase *tr_build_phase(tr_parse *parse, tr_span span, tr_name name, tr_names *on, tr_expr *when) {
  tr_phase *phase = TR_BUILD_KEEP(parse, tr_phase, {.span = span, .name = name, .when = when});
  if (on) phase->on = *on;
  return phase;
}

void tr_build_phases(tr_parse *parse, tr_span span, tr_phases *phases) {
  phases->span = span;
  TREE_PUSH(parse, phases, phases);
}

tr_stages *tr_build_stage_entries(tr_parse *parse) { return TR_NEW(parse->arena, tr_stages); }

tr_stages *tr_build_stage_add(tr_parse *parse, tr_stages *stages, tr_stage *stage) {
  TR_PUSH(parse->arena, &stages->list, *stage);
  return stages;
}

tr_stage *tr_build_stage(tr_parse *parse, tr_name name, tr_name owner) {
  return TR_BUILD_KEEP(parse, tr_stage, {.name = name, .owner = owner});
}

void tr_build_stages(tr_parse *parse, tr_span span, tr_stages *stages) {
  stages->span = span;
  TREE_PUSH(parse, stages, stages);
}

/* ---- Calendars ------------------------------------------------------------------------------- */

tr_calendar_decl *tr_build_calendar_body(tr_parse *parse) {
  return TR_NEW(parse->arena, tr_calendar_decl);
}

tr_calendar_decl *tr_build_calendar_hours(tr_parse *parse, tr_calendar_decl *body,
                                          tr_days_hours *hours) {
  TR_PUSH(parse->arena, &body->week, *hours);
  return body;
}

void tr_build_calendar(tr_parse *parse, tr_name name, tr_calendar_decl *body) {
  body->name = name;
  TREE_PUSH(parse, calendars, body);
}

tr_days_hours *tr_build_hours(tr_parse *parse, tr_span span, int64_t days, int64_t from,
                              int64_t to) {
  tr_days_hours *hours = TR_BUILD_KEEP(parse, tr_days_hours, {.days = (uint8_t)days, .span = span});
  return tr_build_more_hours(parse, hours, from, to);
}

tr_days_hours *tr_build_more_hours(tr_parse *parse, tr_days_hours *hours, int64_t from,
                                   int64_t to) {
  tr_open_hours more = {.from_minute = (uint16_t)from, .to_minute = (uint16_t)to};
  TR_PUSH(parse->arena, &hours->hours, more);
  return hours;
}

/* `fri to mon` goes over the week's end. */
int64_t tr_build_weekdays(int64_t from, int64_t to) {
  int64_t days = 0;
  for (int64_t day = from;; day = (day + 1) % 7) {
    days |= 1 << day;
    if (day == to) return days;
  }
}

int64_t tr_build_every_day(tr_parse *parse, tr_span span, int64_t unit_ms) {
  if (unit_ms != 86400000) {
    tr_parse_wrong(parse, span, "hours repeat every day or on days of the week",
                   "Write 'every day'.");
  }
  return tr_build_weekdays(0, 6);
}

tr_calendar_decl *tr_build_closure(tr_parse *parse, tr_span span, tr_calendar_decl *closures,
                                   int64_t from, int64_t to) {
  if (!closures) closures = tr_build_calendar_body(parse);
  tr_closure closure = {.span = span, .from_day = from, .to_day = to};
  TR_PUSH(parse->arena, &closures->closed, closure);
  return closures;
}

tr_calendar_decl *tr_build_closed(tr_parse *parse, tr_calendar_decl *body,
                                  tr_calendar_decl *closures) {
  for (uint32_t i = 0; i < closures->closed.count; i++) {
    TR_PUSH(parse->arena, &body->closed, closures->closed.items[i]);
  }
  return body;
}

tr_calendar_decl *tr_build_holidays(tr_parse *parse, tr_calendar_decl *body, tr_use from) {
  tr_holiday_file file = {.from = from};
  TR_PUSH(parse->arena, &body->holidays, file);
  return body;
}

/* ---- Tests ----------------------------------------------------------------------------------- */

tr_test *tr_build_test_body(tr_parse *parse) { return TR_NEW(parse->arena, tr_test); }

tr_test *tr_build_test_add(tr_parse *parse, tr_test *body, tr_test_step *step) {
  if (step) TR_PUSH(parse->arena, &body->steps, *step);
  return body;
}

tr_rows *tr_build_case(tr_parse *parse, tr_span span, tr_rows *rows, tr_exprs *values) {
  if (!rows) rows = TR_NEW(parse->arena, tr_rows);
  tr_row row = {.span = span, .values = *values};
  TR_PUSH(parse->arena, rows, row);
  return rows;
}

tr_test *tr_build_test_each(tr_parse *parse, tr_test *body, tr_span span, tr_names *columns,
                            tr_rows *rows) {
  if (body->columns.count > 0)
    tr_report(parse->diags, DIAG_REPEATED, span, "a test has one list of cases");
  body->each_span = span;
  body->columns = *columns;
  body->rows = rows ? *rows : (tr_rows){0};
  return body;
}

void tr_build_test(tr_parse *parse, tr_span span, const char *name, tr_name setup, tr_test *body) {
  body->name = name;
  body->span = span;
  body->setup = setup;
  TREE_PUSH(parse, tests, body);
}

void tr_build_setup(tr_parse *parse, tr_name name, tr_test *body) {
  body->name = name.text;
  body->span = name.span;
  TREE_PUSH(parse, setups, body);
}

tr_test_step *tr_build_test_time(tr_parse *parse, tr_span span, tr_test_kind kind, tr_expr *time) {
  return TR_BUILD_KEEP(parse, tr_test_step, {.kind = kind, .span = span, .value = time});
}

tr_test_step *tr_build_test_lead(tr_parse *parse, tr_span span, tr_name lead, tr_name account,
                                 tr_givens *givens) {
  tr_test_step *step =
      tr_build_test_entity(parse, span, ENTITY_LEAD, account, (tr_name){0}, givens);
  step->who.lead = lead;
  return step;
}

tr_test_step *tr_build_test_entity(tr_parse *parse, tr_span span, tr_entity entity, tr_name account,
                                   tr_name person, tr_givens *givens) {
  tr_test_step *step =
      TR_BUILD_KEEP(parse, tr_test_step,
                    {.kind = TEST_ENTITY,
                     .span = span,
                     .entity = entity,
                     .who = {.span = account.span, .account = account, .person = person}});
  if (givens) step->givens = *givens;
  return step;
}

tr_test_step *tr_build_test_send(tr_parse *parse, tr_span span, tr_name event, tr_who who,
                                 tr_givens *givens) {
  tr_test_step *step = TR_BUILD_KEEP(parse, tr_test_step,
                                     {.kind = TEST_SEND, .span = span, .name = event, .who = who});
  if (givens) step->givens = *givens;
  return step;
}

tr_givens *tr_build_given(tr_parse *parse, tr_givens *givens, tr_name name, tr_expr *value) {
  if (!givens) givens = TR_NEW(parse->arena, tr_givens);
  tr_given given = {.name = name, .value = value};
  TR_PUSH(parse->arena, givens, given);
  return givens;
}

tr_test_step *tr_build_expect(tr_parse *parse, tr_test_kind kind, tr_name name, tr_who who) {
  return TR_BUILD_KEEP(parse, tr_test_step, {.kind = kind, .name = name, .who = who});
}

tr_test_step *tr_build_expect_contact(tr_parse *parse, tr_name name, tr_who who, tr_name party,
                                      tr_expr *answer) {
  return TR_BUILD_KEEP(
      parse, tr_test_step,
      {.kind = TEST_EXPECT_CONTACT, .name = name, .who = who, .to = party, .value = answer});
}

tr_test_step *tr_build_expect_play(tr_parse *parse, tr_name play, tr_span word, tr_who who) {
  tr_test_step *step =
      tr_build_expect(parse, TEST_EXPECT_DECISION, tr_build_name(word, "play"), who);
  step->play = play;
  return step;
}

tr_test_step *tr_build_expect_value(tr_parse *parse, tr_test_step *expect, tr_expr *value) {
  (void)parse;
  expect->kind = TEST_EXPECT_VALUE;
  expect->value = value;
  return expect;
}

tr_test_step *tr_build_expect_range(tr_parse *parse, tr_test_step *expect, tr_compare compare,
                                    tr_expr *value, tr_expr *high) {
  (void)parse;
  expect->kind = TEST_EXPECT_RANGE;
  expect->compare = compare;
  expect->value = value;
  expect->high = high;
  return expect;
}
