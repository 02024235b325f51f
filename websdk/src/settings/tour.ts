/** The tour: pictures of a widget before it is installed. */

export function drawTour($: JQueryStatic, addresses: string[]): JQuery {
  const $tour = $("<div class='widget-settings__tour'>");
  if (addresses.length === 0) return $tour.prop("hidden", true);
  const $strip = $("<div class='widget-settings__tour-strip' tabindex='0' role='group' aria-label='Pictures'>").appendTo($tour);
  addresses.forEach((address, index) => {
    $("<img class='widget-settings__tour-picture' loading='lazy' width='1188' height='616'>")
      .attr({ src: address, alt: `Picture ${index + 1} of ${addresses.length}` })
      .appendTo($strip);
  });
  if (addresses.length === 1) return $tour;
  const $steps = $("<p class='widget-settings__tour-steps'>").appendTo($tour);
  for (const [words, step] of [["Back", -1], ["Next", 1]] as const) {
    $("<button type='button' class='button-cancel'>")
      .append($("<span>").text(words))
      .on("click", () => {
        const strip = $strip.get(0) as HTMLElement;
        strip.scrollBy({ left: step * strip.clientWidth, behavior: "smooth" });
      })
      .appendTo($steps);
  }
  return $tour;
}
