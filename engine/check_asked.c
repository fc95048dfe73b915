/* check_asked.c - questions of the standard rules: which of them does this treaty need answered?
 *
 * std/buying_center asks how complex an offer is, to tell how uncertain a buyer is. Who uses it for
 * the roles alone has no use for either. So a `define` without a value that stands in a file of the
 * standard rules must be answered where a file of the treaty reads it, by whatever way through
 * definitions of the standard rules; else it is unknown, and nobody looks. */
#include "engine/check.h"

void tr_check_reads_define(tr_check *check, uint32_t define, tr_span from) {
  tr_reading reading = {.by = TR_NO_DEFINE, .define = define, .from = from};
  if (tr_check_is_std(check, from)) reading.by = check->following;
  TR_PUSH(check->arena, &check->readings, reading);
}

/* `from`: where a file of the treaty asks. */
static void not_answered(tr_check *check, const tr_define *define, tr_span from) {
  if (tr_check_may_be_lost(check, define->name.text)) return;
  tr_diag *diag = tr_report(check->diags, DIAG_NOT_DECIDED, from,
                            "'%s' is asked for and never defined", define->name.text);
  if (from.file != define->name.span.file) tr_diag_related(diag, define->name.span, "the question");
  tr_diag_help(diag, "Write 'define %s of %s as …' in your file.", define->name.text,
               tr_entity_names[define->entity]);
}

/* Definitions do not read each other deeper than TR_CHAIN_MAX. */
static void ask(tr_check *check, bool *asked, uint32_t index, tr_span from) {
  const tr_define *define = check->symbols->defines.items[index];
  if (asked[index]) return;
  asked[index] = true;
  if (!tr_check_is_std(check, define->name.span)) return;
  if (!define->value) not_answered(check, define, from);
  for (uint32_t i = 0; i < check->readings.count; i++) {
    if (check->readings.items[i].by == index)
      ask(check, asked, check->readings.items[i].define, from);
  }
}

static void leave_unknown(tr_check *check, tr_define *define) {
  define->value = TR_NEW(check->arena, tr_expr);
  *define->value = (tr_expr){
      .kind = EXPR_UNKNOWN, .span = define->name.span, .type = tr_check_type(check, define->type)};
}

void tr_check_asked(tr_check *check) {
  tr_symbols *symbols = check->symbols;
  bool *asked = TR_NEW_ARRAY(check->arena, bool, symbols->defines.count + 1);
  for (uint32_t i = 0; i < check->readings.count; i++) {
    tr_reading reading = check->readings.items[i];
    if (reading.by == TR_NO_DEFINE) ask(check, asked, reading.define, reading.from);
  }
  for (uint32_t i = 0; i < symbols->defines.count; i++) {
    tr_define *define = symbols->defines.items[i];
    if (define->value) continue;
    if (!tr_check_is_std(check, define->name.span))
      not_answered(check, define, define->name.span);
    else
      leave_unknown(check, define);
  }
}
