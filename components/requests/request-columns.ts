/** The request and its rail; the decision bar below keeps to the same columns. */
export const requestColumns = 'grid gap-x-8 xl:grid-cols-[minmax(0,860px)_minmax(240px,320px)]';
