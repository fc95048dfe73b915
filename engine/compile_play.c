/* compile_play.c - what to bring to whom. */
#include "engine/compile.h"
#include "engine/limits.h"

static tr_play_rows compile_offer(tr_compile *c, const tr_play_offer *offer, tr_bits inputs) {
  const tr_symbol *symbol = tr_symbol_find(c->symbols, offer->catalogue);
  const tr_catalogue *catalogue = symbol->decl;
  tr_match_column *matches = TR_NEW_ARRAY(c->arena, tr_match_column, offer->matches.count + 1);
  for (uint32_t i = 0; i < offer->matches.count; i++) {
    const tr_play_match *match = &offer->matches.items[i];
    matches[i] = (tr_match_column){
        .column = match->index,
        .type = tr_check_type(c->check, catalogue->columns.items[match->index].type),
        .value_type = match->value->type,
        .value = tr_compile_code(c, match->value, NULL, inputs)};
  }
  return (tr_play_rows){
      .catalogue = symbol->index,
      .most = offer->most < 0 ? TR_PLAY_ROWS_MAX : (uint32_t)(offer->most / 1000000),
      .matches = matches,
      .match_count = offer->matches.count};
}

/* What is offered is looked up when the play is suggested: it wakes no lead. */
void tr_compile_play(tr_compile *compile, const tr_clause *clause, tr_clause_def *def) {
  const tr_play_decl *decl = clause->play;
  tr_play_def *play = TR_NEW(compile->arena, tr_play_def);
  *play =
      (tr_play_def){.name = decl->name.text,
                    .say = decl->say,
                    .with = tr_compile_code(compile, decl->with, NULL, def->inputs),
                    .holds_while = tr_compile_code(compile, decl->holds_while, NULL, def->inputs),
                    .rows_count = decl->offers.count,
                    .bit = decl->bit};
  tr_play_rows *rows = TR_NEW_ARRAY(compile->arena, tr_play_rows, decl->offers.count + 1);
  for (uint32_t i = 0; i < decl->offers.count; i++)
    rows[i] = compile_offer(compile, &decl->offers.items[i], (tr_bits){0});
  play->rows = rows;
  tr_bits_set(def->inputs, compile->program->member_input);
  def->act = ACT_PLAY;
  def->play = play;
}
