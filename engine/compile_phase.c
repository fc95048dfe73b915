/* compile_phase.c - phases of the buyer: their evidence as signals and conditions. */
#include "engine/compile.h"

static void compile_phase(tr_compile *c, tr_evidence_def *all, const tr_phases *phases,
                          uint32_t index) {
  const tr_phase *phase = &phases->list.items[index];
  tr_evidence_def one = {.phase = index,
                         .reach = phases->reach,
                         .file = tr_compile_file(c, phase->span),
                         .line = tr_compile_line(c, phase->span)};
  for (uint32_t i = 0; i < phase->on.count; i++) {
    one.text = phase->on.items[i].text;
    one.signal = tr_compile_trigger(c, phase->on.items[i]);
    all[c->program->evidence_count++] = one;
  }
  if (!phase->when) return;
  one.text = tr_source_quote(c->program->sources, c->arena, phase->when->span);
  one.signal = TR_NONE;
  one.when = tr_compile_code(c, phase->when, NULL, c->program->evidence_reads);
  all[c->program->evidence_count++] = one;
}

static uint32_t evidence_room(const tr_symbols *symbols) {
  uint32_t room = 0;
  for (uint32_t part = 0; part < symbols->part_count; part++) {
    const tr_phases *phases = symbols->parts[part].phases;
    for (uint32_t i = 0; phases && i < phases->list.count; i++)
      room += phases->list.items[i].on.count + 1;
  }
  return room;
}

void tr_compile_phases(tr_compile *compile) {
  treaty_program *program = compile->program;
  const tr_symbols *symbols = compile->symbols;
  program->phase_type = symbols->phase_type;
  program->evidence_reads = tr_bits_new(compile->arena, program->input_words);
  if (!symbols->phases) return;
  tr_evidence_def *all = TR_NEW_ARRAY(compile->arena, tr_evidence_def, evidence_room(symbols));
  program->phase_cell = compile->cell_counts[ENTITY_LEAD]++;
  program->evidence = all;
  for (uint32_t part = 0; part < symbols->part_count; part++) {
    const tr_phases *phases = symbols->parts[part].phases;
    for (uint32_t i = 0; phases && i < phases->list.count; i++)
      compile_phase(compile, all, phases, i);
  }
}
