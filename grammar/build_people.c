/* build_people.c - making the tree of teams, their people, and of clauses that give leads to them;
 * see build.h. */
#include "grammar/build.h"

/* ---- Teams and people ------------------------------------------------------------------------ */

tr_team_decl *tr_build_team(tr_parse *parse, tr_name name, tr_name party) {
  tr_team_decl *team = TR_BUILD_KEEP(parse, tr_team_decl, {.name = name, .party = party});
  TR_PUSH(parse->arena, &parse->tree->teams, team);
  return team;
}

static void said_twice(tr_parse *parse, tr_span before, tr_span span) {
  if (before.to == before.from) return;
  tr_diag *diag = tr_report(parse->diags, DIAG_REPEATED, span, "this is said twice of one team");
  tr_diag_related(diag, before, "first here");
}

tr_team_decl *tr_build_team_rule(tr_parse *parse, tr_span span, tr_team_decl *team,
                                 tr_team_rule rule) {
  switch (rule.kind) {
    case TEAM_PICKS:
      said_twice(parse, team->pick_span, span);
      team->pick = rule.pick;
      team->pick_span = span;
      break;
    case TEAM_MOST:
      said_twice(parse, team->most_span, span);
      if (rule.most % 1000000 != 0 || rule.most <= 0 || rule.most > INT64_C(1000000) * 1000000)
        tr_report(parse->diags, DIAG_OUT_OF_RANGE, span, "a person holds 1 to 1,000,000 leads");
      team->most_open = (uint32_t)(rule.most / 1000000);
      team->most_span = span;
      break;
    case TEAM_SKIPS:
      said_twice(parse, team->skip_span, span);
      team->skip_absent = true;
      team->skip_span = span;
      break;
  }
  return team;
}

void tr_build_roster(tr_parse *parse, tr_use from) {
  TR_PUSH(parse->arena, &parse->tree->rosters, from);
}

tr_rep_decl *tr_build_rep(tr_parse *parse, tr_name id, tr_name team) {
  tr_rep_decl *rep =
      TR_BUILD_KEEP(parse, tr_rep_decl, {.id = id, .team = team, .share_millionths = -1});
  TR_PUSH(parse->arena, &parse->tree->reps, rep);
  return rep;
}

tr_rep_decl *tr_build_rep_hours(tr_parse *parse, tr_span span, tr_rep_decl *rep, int64_t unit_ms,
                                tr_name calendar) {
  if (unit_ms != 3600000)
    tr_parse_wrong(parse, span, "only hours can be said of a person", "Write 'hours CALENDAR'.");
  if (rep->hours.text)
    tr_report(parse->diags, DIAG_REPEATED, span, "hours are said twice of one person");
  rep->hours = calendar;
  return rep;
}

static void take_share(tr_parse *parse, tr_rep_decl *rep, tr_expr *value) {
  bool good = value->kind == EXPR_PERCENT && value->number > 0 && value->number <= 1000000;
  if (!good)
    tr_report(parse->diags, DIAG_OUT_OF_RANGE, value->span,
              "a share is more than 0%% and at most 100%%");
  rep->share_millionths = good ? value->number : 1000000;
}

tr_rep_decl *tr_build_rep_trait(tr_parse *parse, tr_rep_decl *rep, tr_name name, tr_expr *value) {
  if (strcmp(name.text, "share") == 0) {
    take_share(parse, rep, value);
    return rep;
  }
  tr_trait trait = {.name = name, .value = value};
  TR_PUSH(parse->arena, &rep->traits, trait);
  return rep;
}

/* ---- Who gets a lead ------------------------------------------------------------------------- */

tr_whom tr_build_whom(tr_span span, tr_name name, tr_expr *where) {
  bool of_account = strcmp(name.text, "account.rep") == 0;
  return (tr_whom){.kind = of_account ? WHOM_ACCOUNT_REP : WHOM_TEAM,
                   .span = span,
                   .name = name,
                   .where = where};
}

tr_whom tr_build_whom_of_lead(tr_parse *parse, tr_span span, tr_whom_kind kind, tr_expr *with) {
  tr_expr *asked =
      with ? tr_build_over(parse, EXPR_ANY_HAS, with->span, GROUP_OTHER_LEADS, with) : NULL;
  return (tr_whom){.kind = kind, .span = span, .asks = asked};
}

tr_whom tr_build_whom_actor(tr_parse *parse, tr_span span, tr_name signal, int64_t last_ms) {
  tr_expr *actor = tr_build_measure(parse, EXPR_ACTOR, span, (tr_name){0}, signal, last_ms);
  return (tr_whom){.kind = WHOM_ACTOR, .span = span, .asks = actor};
}

tr_whoms *tr_build_whoms(tr_parse *parse, tr_whoms *whoms, tr_whom whom) {
  if (!whoms) whoms = TR_NEW(parse->arena, tr_whoms);
  TR_PUSH(parse->arena, whoms, whom);
  return whoms;
}

tr_clause *tr_build_assign(tr_parse *parse, tr_span span, tr_clause_kind kind, tr_names *stages,
                           tr_whoms *whoms) {
  return TR_BUILD_KEEP(
      parse, tr_clause,
      {.kind = kind, .span = span, .from = *stages, .trigger = TRIGGER_OWED, .whoms = *whoms});
}

tr_turn tr_build_turn_on(tr_pattern on) { return (tr_turn){.trigger = TRIGGER_ON, .on = on}; }

tr_turn tr_build_turn_when(tr_expr *when) {
  bool absent = when->kind == EXPR_ABSENT;
  return (tr_turn){.trigger = absent ? TRIGGER_ABSENT : TRIGGER_WHEN,
                   .when = absent ? NULL : when,
                   .after_ms = absent ? when->number : 0};
}

tr_turn tr_build_turn_after(tr_parse *parse, tr_span span, int64_t after_ms) {
  if (after_ms < 1)
    tr_report(parse->diags, DIAG_OUT_OF_RANGE, span, "'after' waits a millisecond at least");
  return (tr_turn){.trigger = TRIGGER_AFTER, .after_ms = after_ms > 0 ? after_ms : 1};
}

tr_clause *tr_build_turn(tr_span span, tr_clause *clause, tr_turn turn) {
  clause->span = span;
  clause->trigger = turn.trigger;
  clause->when = turn.when;
  clause->on = turn.on;
  clause->after_ms = turn.after_ms;
  return clause;
}

tr_expr *tr_build_absent(tr_parse *parse, tr_span span, tr_expr *who, int64_t ms) {
  if (who->kind != EXPR_NAME || strcmp(who->name.text, "rep") != 0)
    tr_parse_wrong(parse, who->span, "only 'rep' can be absent: who has the lead",
                   "Write 'when rep is absent more than 2 days'.");
  tr_expr *absent = tr_build_number(parse, span, EXPR_ABSENT, ms);
  absent->left = who;
  return absent;
}

tr_within tr_build_hours_of_rep(tr_parse *parse, tr_span span, int64_t millionths, int64_t unit_ms,
                                tr_span word, int64_t word_ms) {
  if (word_ms != 3600000)
    tr_parse_wrong(parse, word, "only hours can be those of a person", "Write 'in hours of rep'.");
  if (unit_ms >= 86400000)
    tr_report(parse->diags, DIAG_WRONG_FORM, span,
              "of the hours of a person only hours are counted");
  return (tr_within){.span = span,
                     .amount_ms = tr_build_duration(parse, span, millionths, unit_ms),
                     .hours_of_rep = true};
}
