/* build.h - what the grammar's actions call: each makes one piece of the tree (tree.h).
 *
 * Lists grow: a builder that takes a list takes NULL for the first. Names are borrowed from the
 * arena. A builder reports what is wrong with the form of a construct; what it means is the
 * checker's. */
#ifndef TR_BUILD_H
#define TR_BUILD_H

#include <string.h>

#include "grammar/parse.h"

static inline tr_name tr_build_name(tr_span span, const char *text) {
  return (tr_name){.text = text, .span = span};
}
/* A fresh copy of a value in the arena. */
#define TR_BUILD_KEEP(parse, type, ...) \
  tr_build_kept((parse)->arena, &(type)__VA_ARGS__, sizeof(type))
static inline void *tr_build_kept(tr_arena *arena, const void *value, size_t bytes) {
  return memcpy(tr_arena_alloc(arena, bytes), value, bytes);
}

tr_name tr_build_reserved(tr_parse *parse, tr_span span, const char *text);
tr_name tr_build_dotted(tr_parse *parse, tr_span span, tr_name left, tr_name right);
tr_names *tr_build_names(tr_parse *parse, tr_names *names, tr_name name);
int64_t tr_build_duration(tr_parse *parse, tr_span span, int64_t millionths, int64_t unit_ms);

/* From where `first` begins to where `next`, which can be read again, begins. */
void tr_build_lost(tr_parse *parse, tr_span first, tr_span next);
void tr_build_item(tr_parse *parse, tr_span span);
void tr_build_use(tr_parse *parse, tr_span span, const char *path);
void tr_build_zone(tr_parse *parse, tr_span span, const char *zone);
void tr_build_late(tr_parse *parse, tr_span span, int64_t late_ms);
void tr_build_party(tr_parse *parse, tr_name name);
void tr_build_contact(tr_parse *parse, tr_name name, tr_name party, const char *address);
void tr_build_block(tr_parse *parse, tr_span span, tr_entity entity, tr_fields *fields);
void tr_build_type_decl(tr_parse *parse, tr_name name, tr_type *type);
tr_field *tr_build_field(tr_parse *parse, tr_name name, const char *key, tr_type *type,
                         tr_expr *starting);
tr_fields *tr_build_fields(tr_parse *parse, tr_fields *fields, tr_field *field);
tr_type *tr_build_type(tr_parse *parse, tr_span span, tr_type_kind kind);
tr_type *tr_build_type_of(tr_parse *parse, tr_span span, tr_type_kind kind, tr_names *values);
tr_type *tr_build_type_named(tr_parse *parse, tr_span span, tr_name name);
tr_type *tr_build_set_of(tr_parse *parse, tr_span span, tr_name name);
tr_type *tr_build_money(tr_parse *parse, tr_span span, tr_token_value currency);
void tr_build_list(tr_parse *parse, tr_name name, tr_exprs *values);
tr_rows *tr_build_row(tr_parse *parse, tr_span span, tr_rows *rows, tr_exprs *keys,
                      tr_exprs *values);
void tr_build_list_from(tr_parse *parse, tr_name name, tr_use from);
/* `from` is a CSV file, or its path NULL. */
void tr_build_catalogue(tr_parse *parse, tr_name name, tr_names *keys, tr_fields *columns,
                        tr_rows *rows, tr_use from);
static inline tr_use tr_build_path(tr_span span, const char *path) {
  return (tr_use){.path = path, .span = span};
}
tr_event_decl *tr_build_event_head(tr_parse *parse, tr_name name, const char *type, tr_name by,
                                   bool contact);
void tr_build_event(tr_parse *parse, tr_event_decl *event, tr_fields *fields);
void tr_build_source(tr_parse *parse, tr_name name, tr_names *sends);
void tr_build_without_account(tr_parse *parse, tr_name what);
void tr_build_bind(tr_parse *parse, tr_span span, tr_entity entity, tr_expr *value, tr_name except);
void tr_build_learn(tr_parse *parse, tr_span span, tr_pattern pattern, tr_actions *actions);
tr_actions *tr_build_action(tr_parse *parse, tr_span span, tr_action_kind kind, tr_name target,
                            tr_expr *value);
tr_actions *tr_build_action_for(tr_parse *parse, tr_span span, tr_actions *action, int64_t for_ms);
tr_actions *tr_build_action_step(tr_parse *parse, tr_span span, tr_action_kind kind, tr_name target,
                                 int64_t millionths);
tr_actions *tr_build_actions(tr_parse *parse, tr_actions *actions, tr_actions *more);
tr_patterns *tr_build_patterns(tr_parse *parse, tr_patterns *patterns, tr_pattern pattern);
tr_pattern tr_build_any_buyer(tr_span span, tr_expr *where);
void tr_build_signal(tr_parse *parse, tr_name name, tr_patterns *patterns);
void tr_build_sequence(tr_parse *parse, tr_name name, tr_patterns *patterns, int64_t within_ms,
                       tr_name after, tr_span same_span, tr_entity same);
void tr_build_absence(tr_parse *parse, tr_name name, tr_entity entity, tr_name other,
                      int64_t for_ms);
void tr_build_begins(tr_parse *parse, tr_name name, tr_entity entity, tr_expr *when);

tr_score *tr_build_score_head(tr_parse *parse, tr_name name, tr_entity entity, tr_expr *low,
                              tr_expr *high);
tr_score *tr_build_score_body(tr_parse *parse);
tr_score *tr_build_halves(tr_parse *parse, tr_span span, tr_score *body, int64_t halves_ms);
tr_score *tr_build_expires(tr_parse *parse, tr_span span, tr_score *body, int64_t expires_ms);
tr_score *tr_build_counts(tr_parse *parse, tr_span span, tr_score *body, tr_expr *when);
tr_score *tr_build_frozen(tr_parse *parse, tr_span span, tr_score *body, tr_expr *when,
                          bool decay_goes_on);
tr_score *tr_build_points(tr_parse *parse, tr_score *body, tr_points *points);
void tr_build_score(tr_parse *parse, tr_score *head, tr_score *body);
tr_points *tr_build_points_on(tr_parse *parse, tr_span span, tr_name on, tr_expr *add,
                              tr_points *limits);
tr_points *tr_build_points_when(tr_parse *parse, tr_span span, tr_expr *when, tr_expr *add);
tr_points *tr_build_points_reset(tr_parse *parse, tr_span span, tr_points_kind kind, tr_name on,
                                 tr_expr *to);
tr_points *tr_build_loses(tr_parse *parse, tr_span span, tr_span points_span, int64_t points,
                          int64_t after_ms, tr_points *limits);
tr_points *tr_build_per_day(tr_parse *parse, tr_points *limits, tr_expr *most, tr_span unit_span,
                            int64_t unit_ms, tr_name zone);
tr_points *tr_build_once(tr_parse *parse, tr_points *limits, int64_t in_ms);
tr_points *tr_build_at_most(tr_parse *parse, tr_points *limits, tr_expr *most, int64_t in_ms);

/* `fixed_at`: text NULL for a value that is always that of now. */
void tr_build_define(tr_parse *parse, tr_name name, tr_entity entity, tr_type *type, tr_expr *value,
                     tr_name fixed_at);

/* `table` is a definition whose value is an EXPR_TABLE. */
void tr_build_table(tr_parse *parse, tr_name name, tr_entity entity, tr_type *type, tr_table *head,
                    tr_table *rows);
tr_table *tr_build_table_by(tr_parse *parse, tr_exprs *columns, bool each_once);
tr_table *tr_build_table_rows(tr_parse *parse);
tr_table *tr_build_table_add(tr_parse *parse, tr_table *rows, tr_table_row *row);
tr_table *tr_build_table_broken(tr_table *rows);
tr_table_row *tr_build_table_row(tr_span span, tr_table_row *row, tr_expr *result);
tr_table_row *tr_build_table_cells(tr_parse *parse, tr_table_row *row, tr_table_cell cell);
tr_table_cell tr_build_table_cell(tr_parse *parse, tr_span span, tr_table_cell cell,
                                  tr_table_test test);
tr_table_test tr_build_table_test(tr_span span, tr_compare compare, tr_expr *value);

void tr_build_criterion(tr_parse *parse, tr_span span, tr_name name, const char *question,
                        tr_expr *met, tr_expr *unmet);
tr_phases *tr_build_phase_entries(tr_parse *parse);
tr_phases *tr_build_phase_add(tr_parse *parse, tr_phases *phases, tr_phase *phase);
tr_phase *tr_build_phase(tr_parse *parse, tr_span span, tr_name name, tr_names *on, tr_expr *when);
void tr_build_phases(tr_parse *parse, tr_span span, tr_phases *phases);

tr_stages *tr_build_stage_entries(tr_parse *parse);
tr_stages *tr_build_stage_add(tr_parse *parse, tr_stages *stages, tr_stage *stage);
tr_stage *tr_build_stage(tr_parse *parse, tr_name name, tr_name owner);
void tr_build_stages(tr_parse *parse, tr_span span, tr_stages *stages);
tr_calendar_decl *tr_build_calendar_body(tr_parse *parse);
tr_calendar_decl *tr_build_calendar_hours(tr_parse *parse, tr_calendar_decl *body,
                                          tr_days_hours *hours);
void tr_build_calendar(tr_parse *parse, tr_name name, tr_calendar_decl *body);
tr_days_hours *tr_build_hours(tr_parse *parse, tr_span span, int64_t days, int64_t from,
                              int64_t to);
tr_days_hours *tr_build_more_hours(tr_parse *parse, tr_days_hours *hours, int64_t from, int64_t to);
int64_t tr_build_weekdays(int64_t from, int64_t to);
int64_t tr_build_every_day(tr_parse *parse, tr_span span, int64_t unit_ms);
tr_calendar_decl *tr_build_closure(tr_parse *parse, tr_span span, tr_calendar_decl *body,
                                   int64_t from, int64_t to);

tr_calendar_decl *tr_build_closed(tr_parse *parse, tr_calendar_decl *body,
                                  tr_calendar_decl *closures);
tr_calendar_decl *tr_build_holidays(tr_parse *parse, tr_calendar_decl *body, tr_use from);

tr_agreement *tr_build_agreement_head(tr_parse *parse, tr_span name_span, const char *name,
                                      tr_span version_span, int64_t version, tr_names *parties);
tr_agreement *tr_build_force(tr_parse *parse, tr_span span, tr_agreement *head, int64_t from,
                             int64_t to);
tr_agreement *tr_build_signed(tr_parse *parse, tr_agreement *head, tr_agreement *signatures);
tr_agreement *tr_build_shadow(tr_parse *parse, tr_span span, tr_agreement *head, int64_t from);
tr_agreement *tr_build_signature(tr_parse *parse, tr_agreement *head, tr_name party,
                                 const char *who, int64_t day);
tr_agreement *tr_build_agreement_body(tr_parse *parse);
tr_agreement *tr_build_applies(tr_parse *parse, tr_span span, tr_agreement *body, tr_expr *applies);
tr_agreement *tr_build_ask(tr_parse *parse, tr_span span, tr_agreement *body, int64_t after_ms);
tr_agreement *tr_build_becomes(tr_parse *parse, tr_span span, tr_agreement *head, tr_name from,
                               tr_name to);
tr_agreement *tr_build_clause_add(tr_parse *parse, tr_agreement *body, tr_clause *clause);
void tr_build_agreement(tr_parse *parse, tr_agreement *head, tr_agreement *body);

/* build_power.c */
tr_power tr_build_way(tr_names *from, tr_name to, tr_expr *when);
tr_power *tr_build_may_go(tr_parse *parse, tr_span span, tr_power_kind kind, tr_name party,
                          const tr_power *way);
tr_power *tr_build_may_hold(tr_parse *parse, tr_span span, tr_name party, tr_name article,
                            int64_t at_most_ms);
tr_power *tr_build_may_pass(tr_parse *parse, tr_span span, tr_name party, tr_name article,
                            tr_expr *when, bool needs_reason);
tr_agreement *tr_build_power_add(tr_parse *parse, tr_agreement *body, tr_power *power);

tr_clause *tr_build_promote(tr_parse *parse, tr_span span, tr_names *from, tr_name to,
                            tr_expr *when);
tr_keep tr_build_keep_bare(tr_parse *parse, tr_expr *value);
tr_keeps *tr_build_keeps(tr_parse *parse, tr_keeps *keeps, tr_keep keep);
tr_clause *tr_build_keep_as(tr_clause *clause, tr_keeps *keeps, tr_name name);
tr_clause *tr_build_hand(tr_parse *parse, tr_span span, tr_name stage, tr_name giver, tr_name taker,
                         tr_expr *when);
tr_clause *tr_build_at_once(tr_parse *parse, tr_span span, tr_clause *hand, tr_name to);
tr_clause *tr_build_accepted(tr_parse *parse, tr_span span, tr_clause *hand, tr_name by,
                             tr_name to);
tr_clause *tr_build_rejected(tr_parse *parse, tr_span span, tr_clause *hand, tr_name by, tr_name to,
                             tr_name reason);
tr_clause *tr_build_recycled(tr_parse *parse, tr_span span, tr_clause *hand, int64_t after_ms,
                             tr_name to);
tr_clause *tr_build_sent_back(tr_parse *parse, tr_span span, tr_clause *hand, tr_name by,
                              tr_name until);
tr_clause *tr_build_withdrawn(tr_parse *parse, tr_span span, tr_clause *hand, tr_expr *when);
tr_clause *tr_build_respond(tr_parse *parse, tr_span span, tr_clause *hand, tr_within within,
                            const tr_terms *steps);
tr_duty_decl *tr_build_owed(tr_parse *parse, tr_name party, tr_name owed);
tr_duty_decl *tr_build_owed_times(tr_parse *parse, tr_span span, tr_duty_decl *duty,
                                  int64_t millionths);
tr_duty_decl *tr_build_to_know(tr_parse *parse, tr_span span, tr_name party, tr_names *facts,
                               bool of_every_member);
tr_duty_decl *tr_build_duty_start(tr_parse *parse, tr_start_kind start, tr_name from);
tr_duty_decl *tr_build_duty_within(tr_duty_decl *duty, tr_within within, const tr_duty_decl *start);
tr_duty_decl *tr_build_duty_every(tr_duty_decl *duty, tr_within within);
tr_duty_decl *tr_build_duty_while(tr_parse *parse, tr_span span, tr_duty_decl *duty, tr_expr *when);
tr_duty_decl *tr_build_duty_unless(tr_parse *parse, tr_span span, tr_duty_decl *duty,
                                   tr_expr *when);
tr_clause *tr_build_owes(tr_parse *parse, tr_span span, tr_duty_decl *duty, const tr_terms *steps);
tr_limit_decl *tr_build_limit_to(tr_parse *parse, tr_span head, tr_name party, tr_entity with,
                                 tr_span most_span, int64_t millionths, int64_t span_ms);
tr_clause *tr_build_limit(tr_parse *parse, tr_span span, tr_limit_decl *limit, tr_expr *when);
tr_clause *tr_build_never(tr_parse *parse, tr_span span, tr_span head, tr_name party,
                          tr_expr *when);
tr_clause *tr_build_tell_on(tr_parse *parse, tr_span span, tr_name who, const char *say,
                            tr_pattern on);
tr_clause *tr_build_tell_when(tr_parse *parse, tr_span span, tr_name who, const char *say,
                              tr_expr *when);
tr_quota_decl *tr_build_quota(tr_parse *parse, tr_name party, tr_expr *amount, tr_name counted,
                              tr_name per);
tr_quota_decl *tr_build_quota_of(tr_quota_decl *quota, tr_name field);
tr_clause *tr_build_quota_clause(tr_parse *parse, tr_span span, tr_quota_decl *quota,
                                 const tr_terms *steps);
tr_play_decl *tr_build_play_head(tr_parse *parse, tr_name name, tr_expr *with);
tr_play_decl *tr_build_play_while(tr_parse *parse, tr_span span, tr_play_decl *play, tr_expr *when);
tr_play_decl *tr_build_play_lines(tr_parse *parse);
tr_play_decl *tr_build_play_say(tr_parse *parse, tr_span span, tr_play_decl *lines,
                                const char *say);
tr_play_decl *tr_build_play_offer(tr_parse *parse, tr_play_decl *lines, tr_play_offer *offer);
tr_play_offer *tr_build_offer_of(tr_parse *parse, tr_span span, tr_name catalogue,
                                 tr_play_matches *matches);
tr_play_offer *tr_build_offer_most(tr_play_offer *offer, tr_span span, int64_t millionths);
tr_play_matches *tr_build_matches(tr_parse *parse, tr_play_matches *matches, tr_play_match match);
tr_clause *tr_build_play(tr_parse *parse, tr_span span, tr_play_decl *head, tr_play_decl *lines);
tr_clause *tr_build_move_on(tr_parse *parse, tr_span span, tr_names *from, tr_name to,
                            tr_pattern on, tr_name reason);
tr_clause *tr_build_move_when(tr_parse *parse, tr_span span, tr_names *from, tr_name to,
                              tr_expr *when, tr_name reason);
tr_clause *tr_build_move_after(tr_parse *parse, tr_span span, tr_names *from, tr_name to,
                               int64_t after_ms, tr_name reason);
tr_within tr_build_within(tr_parse *parse, tr_span span, int64_t millionths, int64_t unit_ms,
                          tr_name calendar);
tr_within tr_build_within_bare(tr_parse *parse, tr_span span, int64_t millionths, int64_t unit_ms);
tr_within tr_build_within_days(tr_span span, int64_t days, tr_name calendar);
/* So many business days; 0, when that was said of hours. */
int64_t tr_build_business(tr_parse *parse, tr_span span, int64_t millionths, int64_t unit_ms);
/* build_people.c */
void tr_build_roster(tr_parse *parse, tr_use from);
tr_team_decl *tr_build_team(tr_parse *parse, tr_name name, tr_name party);
tr_team_decl *tr_build_team_rule(tr_parse *parse, tr_span span, tr_team_decl *team,
                                 tr_team_rule rule);
tr_rep_decl *tr_build_rep(tr_parse *parse, tr_name id, tr_name team);
tr_rep_decl *tr_build_rep_hours(tr_parse *parse, tr_span span, tr_rep_decl *rep, int64_t unit_ms,
                                tr_name calendar);
tr_rep_decl *tr_build_rep_trait(tr_parse *parse, tr_rep_decl *rep, tr_name name, tr_expr *value);
tr_whom tr_build_whom(tr_span span, tr_name name, tr_expr *where);
tr_whom tr_build_whom_of_lead(tr_parse *parse, tr_span span, tr_whom_kind kind, tr_expr *with);
tr_whom tr_build_whom_actor(tr_parse *parse, tr_span span, tr_name signal, int64_t last_ms);
tr_whoms *tr_build_whoms(tr_parse *parse, tr_whoms *whoms, tr_whom whom);
tr_clause *tr_build_assign(tr_parse *parse, tr_span span, tr_clause_kind kind, tr_names *stages,
                           tr_whoms *whoms);
tr_turn tr_build_turn_on(tr_pattern on);
tr_turn tr_build_turn_when(tr_expr *when);
tr_turn tr_build_turn_after(tr_parse *parse, tr_span span, int64_t after_ms);
tr_clause *tr_build_turn(tr_span span, tr_clause *clause, tr_turn turn);
tr_expr *tr_build_absent(tr_parse *parse, tr_span span, tr_expr *who, int64_t ms);
tr_within tr_build_hours_of_rep(tr_parse *parse, tr_span span, int64_t millionths, int64_t unit_ms,
                                tr_span word, int64_t word_ms);

tr_within tr_build_tier(tr_span span, tr_expr *tier, tr_name calendar);
tr_step *tr_build_step(tr_parse *parse, tr_span span, tr_step_kind kind, tr_name who);
tr_steps *tr_build_step_list(tr_parse *parse, tr_steps *steps, tr_step *step);
tr_terms *tr_build_terms(tr_parse *parse);
tr_terms *tr_build_steps(tr_parse *parse, tr_terms *terms, int64_t percent, tr_steps *more);
tr_terms *tr_build_steps_days(tr_parse *parse, tr_terms *terms, int64_t days, tr_steps *more);
tr_terms *tr_build_pauses(tr_parse *parse, tr_span span, tr_terms *terms, tr_expr *when,
                          int64_t most_ms);

tr_expr *tr_build_expr(tr_parse *parse, tr_expr_kind kind, tr_span span);
tr_expr *tr_build_unary(tr_parse *parse, tr_expr_kind kind, tr_span span, tr_expr *left);
tr_expr *tr_build_binary(tr_parse *parse, tr_expr_kind kind, tr_span span, tr_expr *left,
                         tr_expr *right);
tr_expr *tr_build_and(tr_parse *parse, tr_span span, tr_expr *left, tr_expr *right);
tr_expr *tr_build_or(tr_parse *parse, tr_span span, tr_expr *left, tr_expr *right, tr_span word);
tr_expr *tr_build_not(tr_parse *parse, tr_expr *left);
tr_expr *tr_build_is_unknown(tr_parse *parse, tr_span span, tr_expr *left);
tr_expr *tr_build_compare(tr_parse *parse, tr_span span, tr_compare compare, tr_expr *left,
                          tr_expr *right);
tr_expr *tr_build_in(tr_parse *parse, tr_span span, tr_expr *left, tr_exprs *list);
tr_expr *tr_build_in_list(tr_parse *parse, tr_span span, tr_expr *left, tr_name list);
tr_expr *tr_build_between(tr_parse *parse, tr_span span, tr_expr *value, tr_expr *low,
                          tr_expr *high);
tr_expr *tr_build_has_any(tr_parse *parse, tr_span span, tr_expr *left, tr_exprs *list);
tr_expr *tr_build_named(tr_parse *parse, tr_expr_kind kind, tr_span span, tr_name name);
tr_expr *tr_build_ref(tr_parse *parse, tr_span span, tr_name name);
tr_expr *tr_build_word(tr_parse *parse, tr_span span, const char *text);
tr_expr *tr_build_lookup(tr_parse *parse, tr_span span, tr_name catalogue, tr_exprs *keys,
                         tr_name column);
tr_expr *tr_build_parenthesized(tr_expr *expr);
tr_expr *tr_build_list_expr(tr_parse *parse, tr_expr_kind kind, tr_span span, tr_exprs *list);
tr_expr *tr_build_at_least(tr_parse *parse, tr_span span, int64_t millionths, tr_exprs *list);
tr_expr *tr_build_over(tr_parse *parse, tr_expr_kind kind, tr_span span, tr_group group,
                       tr_expr *left);
tr_expr *tr_build_signals(tr_parse *parse, tr_expr_kind kind, tr_span span, tr_name signal,
                          int64_t last_ms);
tr_expr *tr_build_measure(tr_parse *parse, tr_expr_kind kind, tr_span span, tr_name field,
                          tr_name signal, int64_t last_ms);
tr_expr *tr_build_count_days(tr_parse *parse, tr_span span, tr_span unit_span, int64_t unit_ms,
                             tr_name signal, int64_t last_ms);
tr_expr *tr_build_active(tr_parse *parse, tr_span span, int64_t last_ms);
tr_expr *tr_build_days(tr_parse *parse, tr_expr_kind kind, tr_span span, tr_span unit_span,
                       int64_t unit_ms, tr_expr *left);
tr_exprs *tr_build_exprs(tr_parse *parse, tr_exprs *list, tr_expr *expr);
tr_expr *tr_build_number(tr_parse *parse, tr_span span, tr_expr_kind kind, int64_t number);
tr_expr *tr_build_text(tr_parse *parse, tr_span span, const char *text);
tr_expr *tr_build_percent(tr_parse *parse, tr_span span, int64_t millionths);
tr_expr *tr_build_amount(tr_parse *parse, tr_span span, int64_t millionths,
                         tr_token_value currency);

tr_test *tr_build_test_body(tr_parse *parse);
tr_test *tr_build_test_add(tr_parse *parse, tr_test *body, tr_test_step *step);
tr_rows *tr_build_case(tr_parse *parse, tr_span span, tr_rows *rows, tr_exprs *values);
tr_test *tr_build_test_each(tr_parse *parse, tr_test *body, tr_span span, tr_names *columns,
                            tr_rows *rows);
void tr_build_test(tr_parse *parse, tr_span span, const char *name, tr_name setup, tr_test *body);
void tr_build_setup(tr_parse *parse, tr_name name, tr_test *body);
tr_test_step *tr_build_test_time(tr_parse *parse, tr_span span, tr_test_kind kind, tr_expr *time);
tr_test_step *tr_build_test_lead(tr_parse *parse, tr_span span, tr_name lead, tr_name account,
                                 tr_givens *givens);
tr_test_step *tr_build_test_entity(tr_parse *parse, tr_span span, tr_entity entity, tr_name account,
                                   tr_name person, tr_givens *givens);
tr_test_step *tr_build_test_send(tr_parse *parse, tr_span span, tr_name event, tr_who who,
                                 tr_givens *givens);
tr_givens *tr_build_given(tr_parse *parse, tr_givens *givens, tr_name name, tr_expr *value);
tr_test_step *tr_build_expect(tr_parse *parse, tr_test_kind kind, tr_name name, tr_who who);
tr_test_step *tr_build_expect_range(tr_parse *parse, tr_test_step *expect, tr_compare compare,
                                    tr_expr *value, tr_expr *high);
tr_test_step *tr_build_expect_contact(tr_parse *parse, tr_name name, tr_who who, tr_name party,
                                      tr_expr *answer);
tr_test_step *tr_build_expect_play(tr_parse *parse, tr_name play, tr_span word, tr_who who);
tr_test_step *tr_build_expect_value(tr_parse *parse, tr_test_step *expect, tr_expr *value);

#endif
