/** The attribute of the row of a field, by which a drag and the focus find it: its steps as JSON. */
export const ROW_ATTRIBUTE = 'data-schema-field';
