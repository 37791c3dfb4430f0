/** Folder below the data folder in which inputs note how far they have read: `<flow>/<component>`. */
export const placesFolder = 'places';
