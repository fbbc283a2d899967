/**
 * Whether all of a name is written in one script, so that a Cyrillic letter cannot pose inside a
 * Latin name. The rule is the level "highly restrictive" of Unicode Technical Standard #39,
 * section 5.2: one script, or Latin together with the scripts of Chinese, Japanese or Korean.
 */

/** Scripts that may be written together, as codes of ISO 15924. */
const MIXTURES = ["Latn Hani Hira Kana", "Latn Hani Bopo", "Latn Hani Hang"];

/** Every script of Unicode 17, as codes of ISO 15924. */
const SCRIPTS = (
  "Adlm Aghb Ahom Arab Armi Armn Avst Bali Bamu Bass Batk Beng Berf Bhks Bopo Brah Bugi Buhd " +
  "Cakm Cans Cari Cham Cher Chrs Copt Cpmn Cprt Cyrl Deva Diak Dogr Dsrt Dupl Egyp Elba Elym " +
  "Ethi Gara Geor Glag Gong Gonm Goth Gran Grek Gujr Gukh Guru Hang Hani Hano Hatr Hebr Hira " +
  "Hluw Hmng Hmnp Hung Ital Java Kali Kana Kawi Khar Khmr Khoj Kits Knda Krai Kthi Lana Laoo " +
  "Latn Lepc Limb Lina Linb Lisu Lyci Lydi Mahj Maka Mand Mani Marc Medf Mend Merc Mero Miao " +
  "Mlym Modi Mong Mroo Mtei Mult Mymr Nagm Nand Narb Nbat Newa Nkoo Nshu Ogam Olck Onao Orkh " +
  "Orya Osge Osma Ougr Palm Pauc Perm Phag Phli Phlp Phnx Plrd Prti Rjng Rohg Runr Samr Sarb " +
  "Saur Sgnw Shaw Shrd Sidd Sidt Sind Sinh Sogd Sogo Sora Soyo Sund Sunu Sylo Syrc Tagb Takr " +
  "Tale Talu Taml Tang Tavt Tayo Telu Tfng Tglg Thaa Thai Tibt Tirh Tnsa Todr Tols Toto Tutg " +
  "Ugar Vaii Vith Wara Wcho Xpeo Xsux Yezi Yiii Zanb"
).split(" ");

/** Digits, punctuation and marks that belong to every script. */
const SHARED = ["Zyyy", "Zinh"];

/** One pattern for each set of scripts that may be mixed, the commonest first. */
const PATTERNS = [...MIXTURES, ...SCRIPTS].map((set) => {
  const classes = [...set.split(" "), ...SHARED].map(
    (script) => `\\p{Script_Extensions=${script}}`,
  );
  return new RegExp(`^[${classes.join("")}]*$`, "u");
});

export function isOneScript(text: string): boolean {
  return PATTERNS.some((pattern) => pattern.test(text));
}
