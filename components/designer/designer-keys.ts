/** The keys of the designer, as '?' lists them. */
export const DESIGNER_KEYS = [
  { keys: ['A'], does: 'Add a step after the selected one' },
  { keys: ['U'], does: 'Add its undo, or edit it' },
  { keys: ['P'], does: 'Make it the point of no return, or no longer' },
  { keys: ['O'], does: 'What happens if it is not known whether it happened' },
  { keys: ['B'], does: 'Add a branch' },
  { keys: ['H'], does: 'Handle its failure' },
  { keys: ['F'], does: 'What if this fails' },
  { keys: ['F2'], does: 'Change the title' },
  { keys: ['Enter'], does: 'Edit its fields; Esc goes back to the step' },
  { keys: ['/'], does: 'Search in the flow; Ctrl with F too' },
  { keys: ['Shift', '↓'], does: 'Select the next step too; Shift and dragging: all in a frame' },
  { keys: ['-'], does: 'Fold: a choice, a loop, a group, or the steps around; + unfolds' },
  { keys: ['M'], does: 'Move to another place' },
  {
    keys: ['L'],
    does: 'Go to the label of its branch: Alt with ← or → moves the branch, M to another fork, F2 its title',
  },
  { keys: ['T'], does: 'Set aside' },
  { keys: ['Delete'], does: 'Delete' },
  { keys: ['Mod', 'Z'], does: 'Revert; with Shift: do again' },
  { keys: ['Mod', 'C'], does: 'Copy; X cuts, V inserts, D duplicates' },
];
