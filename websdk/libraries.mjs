// The third-party libraries that widgets ask for: which file of which package is served as what.
// The ids of the dialect that lead to them stand in src/libraries.ts.

export const LIBRARIES = {
  "require.js": ["requirejs", "require.js"],
  "jquery.js": ["jquery", "dist/jquery.min.js"],
  "underscore.js": ["underscore", "underscore-min.js"],
  "backbone.js": ["backbone", "backbone-min.js"],
  "twig.js": ["twig", "twig.min.js"],
  "moment.js": ["moment", "min/moment-with-locales.min.js"],
  "pubsub.js": ["pubsub-js", "src/pubsub.js"],
  "store.js": ["store", "store.min.js"],
  "clipboard.js": ["clipboard", "dist/clipboard.min.js"],
  "chart.js": ["chart.js", "dist/Chart.min.js"],
  "cocktail.js": ["backbone.cocktail", "Cocktail.js"],
  "accounting.js": ["accounting", "accounting.min.js"],
  "enquire.js": ["enquire.js", "dist/enquire.min.js"],
  "js-uuid.js": ["js-uuid", "js-uuid.js"],
  "fullcalendar.js": ["fullcalendar", "dist/fullcalendar.min.js"],
  "quill.js": ["quill", "dist/quill.min.js"],
  "cropper.js": ["cropperjs", "dist/cropper.min.js"],
  "libphonenumber.js": ["google-libphonenumber", "dist/libphonenumber.js"],
  "rangeslider.js": ["rangeslider.js", "dist/rangeslider.min.js"],
  "jquery-ui.js": ["jquery-ui", "dist/jquery-ui.min.js"],
  "jplayer.js": ["jplayer", "dist/jplayer/jquery.jplayer.min.js"],
  "browser-detect.js": ["browser-detect", "dist/browser-detect.umd.js"],
  "intl-tel-input.js": ["intl-tel-input", "build/js/intlTelInput.min.js"],
  "intl-tel-input-utils.js": ["intl-tel-input", "lib/libphonenumber/build/utils.js"],
};
