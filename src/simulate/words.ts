/**
 * Words that names are made of.
 */

export const SURNAMES =
  'abbott adler ahmed baker barros becker bianchi bishop brandt carter castro chen costa cruz dalton davis diaz duarte ellis evans farah fischer flores foster garcia gibson gomez grant hansen hassan hayes hoffman hughes ibrahim ito jansen jensen joshi kaur keller khan kim klein kumar lambert larsen lee lopez martin meyer moreau morgan murphy nakamura nguyen novak okafor olsen ortiz patel perez quinn ramos reed rossi roy russo sato schmidt shah silva singh soto suzuki tanaka torres turner vargas wagner walsh weber wong young zhang'.split(
    ' ',
  );

export const SITE_WORDS =
  'acorn amber anchor arbor aspen atlas beacon birch bolt bridge bright brook cedar circle clear cloud coast copper coral craft crest daily delta drift east echo ember falcon field first fleet forge fresh garden gate glade global gold grain granite green grove harbor haven hazel hill home honey iris island ivory jade juniper key lake lantern laurel leaf ledger light lime linen loft lotus lunar lynx maple market meadow metro mill mint mono moss news nimbus north nova oak ocean olive onyx opal orbit orchid otter paper park path peak pearl pine pixel plain plaza point polar port prime pulse quarry quartz quick rain raven reef ridge river robin rose sage salt scout sea shore silver sky smart solar spark spring spruce star stone stream summit sun swift tech terra tide timber trail trend valley vector velvet verge view vista wave west wild wind wise wood zen zephyr'.split(
    ' ',
  );

export const SITE_SUFFIXES =
  'app base board box cart club desk digital express feed flow group guide health hub insights jobs journal kit labs learn life line link list live local mart media mobile music nest network now online pay place play post press report review share shop space spot store studio style systems times tools travel weekly wire works world'.split(
    ' ',
  );

/** Top-level domains and how many of a hundred sites lie under each. */
export const TOP_LEVEL: readonly (readonly [name: string, share: number])[] = [
  ['com', 62],
  ['org', 9],
  ['net', 9],
  ['io', 7],
  ['de', 4],
  ['co.uk', 4],
  ['dev', 3],
  ['info', 2],
];
