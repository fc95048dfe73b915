/* compile_people.c - teams, their people, and whom the clauses give leads to. */
#include <string.h>

#include "engine/compile.h"

static uint32_t team_number(const tr_compile *c, tr_name name) {
  return tr_symbol_find(c->symbols, name)->index;
}

void tr_compile_people(tr_compile *c) {
  const tr_tree *tree = c->symbols->tree;
  tr_team_def *teams = TR_NEW_ARRAY(c->arena, tr_team_def, tree->teams.count + 1);
  for (uint32_t i = 0; i < tree->teams.count; i++) {
    const tr_team_decl *team = tree->teams.items[i];
    teams[i] = (tr_team_def){.name = team->name.text,
                             .party = tr_type_value(c->symbols->party_type, team->party.text),
                             .pick = team->pick,
                             .most_open = team->most_open,
                             .skip_absent = team->skip_absent};
  }
  tr_rep_def *reps = TR_NEW_ARRAY(c->arena, tr_rep_def, tree->reps.count + 1);
  for (uint32_t i = 0; i < tree->reps.count; i++) {
    const tr_rep_decl *rep = tree->reps.items[i];
    reps[i] = (tr_rep_def){
        .id = rep->id.text,
        .team = team_number(c, rep->team),
        .kind = rep->kind,
        .share_millionths = rep->share_millionths < 0 ? 1000000 : rep->share_millionths};
    if (rep->hours.text)
      reps[i].hours = c->calendars[tr_symbol_find(c->symbols, rep->hours)->index];
  }
  c->program->teams = teams;
  c->program->team_count = tree->teams.count;
  c->program->reps = reps;
  c->program->rep_count = tree->reps.count;
  c->program->rep_kinds = tree->rep_kinds;
}

static const tr_code *compile_wheres(tr_compile *c, const tr_whom *whom, tr_bits inputs) {
  if (!whom->where) return NULL;
  uint32_t count = c->program->rep_kinds + 1; /* the last: of those whom events add */
  tr_code *wheres = TR_NEW_ARRAY(c->arena, tr_code, count);
  for (uint32_t i = 0; i < count; i++)
    wheres[i] = tr_compile_code(c, whom->wheres[i], NULL, inputs);
  return wheres;
}

void tr_compile_whoms(tr_compile *c, const tr_clause *clause, tr_clause_def *def) {
  static const tr_clause_act acts[] = {
      [CLAUSE_ASSIGN] = ACT_ASSIGN, [CLAUSE_REASSIGN] = ACT_REASSIGN, [CLAUSE_OPEN] = ACT_OPEN_TO};
  tr_whom_def *whoms = TR_NEW_ARRAY(c->arena, tr_whom_def, clause->whoms.count + 1);
  for (uint32_t i = 0; i < clause->whoms.count; i++) {
    const tr_whom *whom = &clause->whoms.items[i];
    whoms[i] = (tr_whom_def){.kind = whom->kind,
                             .team = TR_NONE,
                             .rep = whom->name.text,
                             .with = TR_NONE,
                             .wheres = compile_wheres(c, whom, (tr_bits){0})};
    if (whom->kind == WHOM_TEAM) whoms[i].team = team_number(c, whom->name);
    if (whom->kind == WHOM_ACTOR)
      whoms[i].actor = tr_compile_code(c, whom->asks, NULL, (tr_bits){0});
    else if (whom->asks)
      whoms[i].with = tr_compile_over_leads(c, whom->asks->left);
    if (whom->kind == WHOM_ACCOUNT_REP && !c->program->account_rep.count) {
      tr_expr *field = TR_NEW(c->arena, tr_expr);
      *field = (tr_expr){.kind = EXPR_NAME, .name = whom->name, .span = whom->span};
      tr_scope scope = {.entity = ENTITY_NONE};
      (void)tr_check_expr(c->check, &scope, field, NULL);
      c->program->account_rep = tr_compile_code(c, field, NULL, (tr_bits){0});
    }
  }
  def->act = acts[clause->kind];
  def->whoms = whoms;
  def->whom_count = clause->whoms.count;
}
