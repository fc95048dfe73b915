/* compile_phase.c - phases of the buyer: their evidence as signals and conditions. */
#include "engine/compile.h"

static void compile_phase(tr_compile *c, tr_evidence_def *all, uint32_t index) {
  const tr_phase *phase = &c->symbols->phases->list.items[index];
  tr_evidence_def one = {.phase = index,
                         .file = tr_compile_file(c, phase->span),
                         .line = tr_compile_line(c, phase->span)};
  for (uint32_t i = 0; i < phase->on.count; i++) {
    one.text = phase->on.items[i].text;
    one.signal = tr_compile_trigger(c, one.text);
    all[c->program->evidence_count++] = one;
  }
  if (!phase->when) return;
  one.text = tr_source_quote(c->program->sources, c->arena, phase->when->span);
  one.signal = TR_NONE;
  one.when = tr_compile_code(c, phase->when, NULL, c->program->evidence_reads);
  all[c->program->evidence_count++] = one;
}

void tr_compile_phases(tr_compile *compile) {
  treaty_program *program = compile->program;
  const tr_phases *phases = compile->symbols->phases;
  uint32_t room = 0;
  program->phase_type = compile->symbols->phase_type;
  program->evidence_reads = tr_bits_new(compile->arena, program->input_words);
  if (!phases) return;
  for (uint32_t i = 0; i < phases->list.count; i++) room += phases->list.items[i].on.count + 1;
  tr_evidence_def *all = TR_NEW_ARRAY(compile->arena, tr_evidence_def, room);
  program->phase_cell = compile->cell_counts[ENTITY_LEAD]++;
  program->evidence = all;
  for (uint32_t i = 0; i < phases->list.count; i++) compile_phase(compile, all, i);
}
