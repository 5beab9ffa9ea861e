/** How a category is shown: names from imported folders (`gift-cards`) read like words, others stay as typed. Pure. */
export function categoryName(category: string): string {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(category)) return category;
  const words = category.replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
