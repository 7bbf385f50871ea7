import type { Picture } from './art/draw.ts';
import { Random } from './art/random.ts';
import { followedBy, type Handle, people } from './people.ts';

/** A post as it is written here. */
interface WrittenPost {
  /** What it is known by: no two of one author are the same. */
  readonly caption: string;
  readonly pictures: readonly [Picture, ...Picture[]];
  /** In their order. */
  readonly comments?: readonly (readonly [by: Handle, text: string])[];
}

/** A post of the demo. */
export interface DemoPost extends WrittenPost {
  readonly by: Handle;
  readonly likedBy: readonly Handle[];
}

const written: Readonly<Record<Handle, readonly WrittenPost[]>> = {
  'mara.lind': [
    {
      caption: 'The 6:12. Worth it for these ten minutes of sky.',
      pictures: [{ scene: 'hills', palette: 'dawn', extras: ['birds'], shape: 'portrait' }],
      comments: [
        ['tomasz.w', 'You get up before the hills do.'],
        ['nour.reads', 'I saw the same sky from my kitchen, in slippers.'],
      ],
    },
    {
      caption: 'Second cup. The first one was only to find the second one.',
      pictures: [{ scene: 'table', palette: 'clay', extras: ['coffee'] }],
      comments: [['leo.bakes', 'Those biscuits look familiar.']],
    },
    {
      caption: 'Rain on the tram window, and every light in the street gets a friend.',
      pictures: [
        { scene: 'bokeh', palette: 'night', extras: ['rain'], shape: 'portrait' },
        { scene: 'bokeh', palette: 'dusk', shape: 'portrait' },
      ],
      comments: [['amara.o', 'Stop 9? I know that one.']],
    },
    {
      caption: 'Walked until the path gave up.',
      pictures: [{ scene: 'forest', palette: 'mist', extras: ['rays', 'path'], shape: 'portrait' }],
      comments: [
        ['jonas.feld', 'There are goldcrests in there. Look up next time.'],
        ['mara.lind', 'I did. They looked down.'],
      ],
    },
    {
      caption: 'A week of mornings, in no order.',
      pictures: [
        { scene: 'hills', palette: 'rose' },
        { scene: 'sea', palette: 'dawn' },
        { scene: 'hills', palette: 'mist', extras: ['pines'] },
        { scene: 'windowOnHills', palette: 'dawn', extras: ['plant'] },
      ],
      comments: [
        ['freya.nordahl', 'You have mornings? Show-off.'],
        ['ines.mar', 'The second one is my bay!'],
      ],
    },
  ],
  'tomasz.w': [
    {
      caption: 'First snow above 1,900. My knees knew before the forecast did.',
      pictures: [{ scene: 'hills', palette: 'winter', extras: ['snow', 'pines'], shape: 'portrait' }],
      comments: [
        ['freya.nordahl', 'Welcome to winter. It is nice here.'],
        ['mara.lind', 'Save me a slope.'],
      ],
    },
    {
      caption: 'The hut, the moon, and soup from a tin. Five stars.',
      pictures: [{ scene: 'night', palette: 'night', extras: ['moon', 'cabin', 'snowfall'], shape: 'portrait' }],
      comments: [['leo.bakes', 'From a TIN?']],
    },
    {
      caption: 'Ridge, ridge, ridge, lunch.',
      pictures: [
        { scene: 'hills', palette: 'autumn', extras: ['birds'], shape: 'wide' },
        { scene: 'hills', palette: 'noon', extras: ['pines'], shape: 'wide' },
      ],
    },
    {
      caption: 'Somebody up there had the better idea.',
      pictures: [{ scene: 'hills', palette: 'noon', extras: ['balloons'], shape: 'portrait' }],
      comments: [
        ['amara.o', 'And no queue at the lift.'],
        ['mara.lind', 'Next birthday. I mean it.'],
      ],
    },
    {
      caption: 'Fog below, sun above. I stayed above.',
      pictures: [{ scene: 'hills', palette: 'mist', extras: ['pines', 'birds'] }],
    },
  ],
  'ines.mar': [
    {
      caption: 'Out at six, back at dusk, nothing caught. A perfect day.',
      pictures: [{ scene: 'sea', palette: 'dusk', extras: ['boat'], shape: 'portrait' }],
      comments: [
        ['leo.bakes', 'I had a pan ready.'],
        ['ines.mar', 'Put an egg in it.'],
      ],
    },
    {
      caption: 'The keeper retired in 1988. The light did not.',
      pictures: [{ scene: 'sea', palette: 'storm', extras: ['lighthouse', 'birds'], shape: 'portrait' }],
      comments: [['omar.h', 'That beam. How long did you wait for it?']],
    },
    {
      caption: 'No wind at all. Rowing counts as a sport, I am told.',
      pictures: [{ scene: 'sea', palette: 'rose', extras: ['birds'] }],
    },
    {
      caption: 'Azulejos on the way to the harbour. I never take the short way.',
      pictures: [
        { scene: 'tiles', palette: 'teal' },
        { scene: 'tiles', palette: 'winter', extras: ['large'] },
      ],
      comments: [
        ['priya.draws', 'The second wall! Which street is this?'],
        ['ines.mar', 'Come and I will walk you there.'],
      ],
    },
    {
      caption: 'New sail. It is the same blue as the old one, I just had to.',
      pictures: [{ scene: 'sea', palette: 'noon', extras: ['boat', 'birds'] }],
      comments: [['gus.garden', 'That is white.']],
    },
  ],
  'yuki.clay': [
    {
      caption: 'Out of the kiln, and all four of them whole. I am not used to this.',
      pictures: [{ scene: 'stillLife', palette: 'clay', shape: 'portrait' }],
      comments: [
        ['mara.lind', 'The tall one. Please say it is not sold.'],
        ['yuki.clay', 'It has your name under it.'],
      ],
    },
    {
      caption: 'Three apples and a fourth that rolled in by itself.',
      pictures: [{ scene: 'stillLife', palette: 'rose', extras: ['fruit'] }],
    },
    {
      caption: 'Celadon test, batch 31. Closer.',
      pictures: [
        { scene: 'stillLife', palette: 'mist', extras: ['books'] },
        { scene: 'stillLife', palette: 'teal' },
      ],
      comments: [['priya.draws', 'Batch 31 is the one. Stop.']],
    },
    {
      caption: 'They are supposed to hold flowers, so today they do.',
      pictures: [{ scene: 'stillLife', palette: 'dawn', extras: ['flowers'], shape: 'portrait' }],
      comments: [
        ['gus.garden', 'Mine! I grew those!'],
        ['nour.reads', 'The two of you should open a shop.'],
      ],
    },
    {
      caption: 'Studio, seven in the evening. The light does half of the work.',
      pictures: [{ scene: 'stillLife', palette: 'autumn', extras: ['fruit', 'flowers'] }],
    },
  ],
  'omar.h': [
    {
      caption: 'Climbed one dune to see the next one. There were more.',
      pictures: [{ scene: 'dunes', palette: 'autumn', extras: ['birds'], shape: 'portrait' }],
      comments: [['tomasz.w', 'That is how it starts.']],
    },
    {
      caption: 'Forty minutes of exposure, one thermos of tea.',
      pictures: [{ scene: 'night', palette: 'night', shape: 'portrait' }],
      comments: [
        ['freya.nordahl', 'No northern lights? Poor you.'],
        ['omar.h', 'Warm feet, though.'],
      ],
    },
    { caption: 'Pink hour. It is about six minutes long.', pictures: [{ scene: 'dunes', palette: 'rose' }] },
    {
      caption: 'One camp, three evenings.',
      pictures: [
        { scene: 'dunes', palette: 'dusk', shape: 'wide' },
        { scene: 'dunes', palette: 'dawn', shape: 'wide' },
        { scene: 'night', palette: 'night', extras: ['moon'], shape: 'wide' },
      ],
      comments: [['priya.draws', 'I want a scarf in the colours of the first one.']],
    },
    {
      caption: 'The shade of this one was worth the walk.',
      pictures: [{ scene: 'dunes', palette: 'clay', extras: ['birds'] }],
    },
  ],
  'freya.nordahl': [
    {
      caption: 'I only went out to get wood.',
      pictures: [{ scene: 'night', palette: 'night', extras: ['aurora'], shape: 'portrait' }],
      comments: [
        ['mara.lind', 'WHAT.'],
        ['amara.o', 'I get a streetlight when I go out.'],
        ['tomasz.w', 'And did you get the wood?'],
        ['freya.nordahl', 'I did not get the wood.'],
      ],
    },
    {
      caption: 'Home. Leave the light on.',
      pictures: [{ scene: 'night', palette: 'night', extras: ['cabin', 'snowfall', 'aurora'] }],
      comments: [
        ['jonas.feld', 'How far is the next neighbour?'],
        ['freya.nordahl', 'Which one? The moose?'],
      ],
    },
    {
      caption: 'The sun came back today. It stayed for nine minutes.',
      pictures: [{ scene: 'hills', palette: 'winter', extras: ['snow'] }],
    },
    {
      caption: 'Fjord, not a breath of wind.',
      pictures: [{ scene: 'sea', palette: 'winter', extras: ['birds'], shape: 'wide' }],
      comments: [['ines.mar', 'I would be so bored and so happy.']],
    },
    {
      caption: 'Birches. Or lines. I have looked at them for too long.',
      pictures: [{ scene: 'forest', palette: 'winter', extras: ['path'], shape: 'portrait' }],
    },
  ],
  'leo.bakes': [
    {
      caption: 'Cherry cake. The missing piece was quality control.',
      pictures: [{ scene: 'table', palette: 'rose', extras: ['cake'] }],
      comments: [
        ['nour.reads', 'I volunteer for quality control.'],
        ['gus.garden', 'Those are my cherries, so I get two.'],
      ],
    },
    {
      caption: 'Thursday. You know what that means.',
      pictures: [{ scene: 'table', palette: 'autumn', extras: ['soup'] }],
      comments: [['mara.lind', 'Be there at one.']],
    },
    {
      caption: 'Citrus week: marmalade, then more marmalade.',
      pictures: [
        { scene: 'table', palette: 'noon', extras: ['citrus'] },
        { scene: 'table', palette: 'teal', extras: ['citrus'] },
      ],
      comments: [['ines.mar', 'The green ones too? Bold.']],
    },
    {
      caption: 'Four in the morning. Me, the oven and the moon.',
      pictures: [{ scene: 'city', palette: 'night', extras: ['stars'] }],
    },
    {
      caption: 'Taught the new one to pour. Better than mine, which I will not tell her.',
      pictures: [{ scene: 'table', palette: 'mist', extras: ['coffee'] }],
      comments: [
        ['yuki.clay', 'The cup is a good cup.'],
        ['leo.bakes', 'I know a potter.'],
      ],
    },
  ],
  'amara.o': [
    {
      caption: 'Every one of these windows is somebody’s Tuesday.',
      pictures: [{ scene: 'city', palette: 'dusk', extras: ['bridge'], shape: 'portrait' }],
      comments: [
        ['nour.reads', 'This should be the first line of a book.'],
        ['priya.draws', 'How many? You counted, I know it.'],
        ['amara.o', '1,204.'],
      ],
    },
    {
      caption: 'Site visit at night, because the day was full of meetings.',
      pictures: [{ scene: 'city', palette: 'night', extras: ['stars', 'bridge'] }],
    },
    {
      caption: 'From the roof, before the rain.',
      pictures: [{ scene: 'city', palette: 'storm', shape: 'wide' }],
      comments: [['mara.lind', 'You are allowed on roofs. I am jealous.']],
    },
    {
      caption: 'Same street, twice. Once with glasses.',
      pictures: [
        { scene: 'bokeh', palette: 'dusk' },
        { scene: 'city', palette: 'dusk', extras: ['stars'] },
      ],
    },
    {
      caption: 'The lobby floor is done. Nobody may walk on it, ever.',
      pictures: [{ scene: 'tiles', palette: 'clay', extras: ['large'] }],
      comments: [['priya.draws', 'It came out exactly as we drew it!']],
    },
  ],
  'jonas.feld': [
    {
      caption: 'Robin. He comes for the worms and stays for the talk.',
      pictures: [{ scene: 'bird', palette: 'clay' }],
      comments: [
        ['gus.garden', 'He has been eating at mine, too.'],
        ['jonas.feld', 'He told me you were a friend.'],
      ],
    },
    {
      caption: 'Waited three hours. He sat there for four seconds.',
      pictures: [{ scene: 'bird', palette: 'teal', extras: ['left'], shape: 'portrait' }],
      comments: [['omar.h', 'Now that is exposure time.']],
    },
    {
      caption: 'The cherry is out, and so is everybody.',
      pictures: [
        { scene: 'bird', palette: 'meadow', extras: ['blossom'] },
        { scene: 'bird', palette: 'rose', extras: ['blossom', 'left'] },
        { scene: 'bird', palette: 'noon', extras: ['blossom'] },
      ],
      comments: [
        ['mara.lind', 'The one in the middle!'],
        ['nour.reads', 'Index would like a word with all three.'],
      ],
    },
    {
      caption: 'Fledged this morning. Looks like I feel.',
      pictures: [{ scene: 'bird', palette: 'mist', extras: ['left'] }],
    },
    {
      caption: 'Geese going over. I stood still until I could not hear them any more.',
      pictures: [{ scene: 'hills', palette: 'dusk', extras: ['birds'], shape: 'wide' }],
      comments: [['tomasz.w', 'We heard them up here, too.']],
    },
  ],
  'priya.draws': [
    {
      caption: 'Wall for the café, final. They said yes to the orange!',
      pictures: [{ scene: 'tiles', palette: 'dawn', extras: ['large'] }],
      comments: [
        ['leo.bakes', 'My wall! I look at it more than at the bread.'],
        ['amara.o', 'Told you.'],
      ],
    },
    {
      caption: 'Scarf studies. Vote below.',
      pictures: [
        { scene: 'tiles', palette: 'dusk' },
        { scene: 'tiles', palette: 'meadow' },
        { scene: 'tiles', palette: 'rose' },
      ],
      comments: [
        ['yuki.clay', 'Two.'],
        ['mara.lind', 'One!'],
        ['omar.h', 'Two.'],
      ],
    },
    {
      caption: 'Where I steal my colours.',
      pictures: [{ scene: 'flowers', palette: 'meadow', shape: 'portrait' }],
      comments: [['gus.garden', 'Steal away.']],
    },
    {
      caption: 'Desk plant, portrait of. It sits very still.',
      pictures: [{ scene: 'leaves', palette: 'meadow', extras: ['pot'], shape: 'portrait' }],
    },
    { caption: 'Blue period. It lasted an afternoon.', pictures: [{ scene: 'tiles', palette: 'winter' }] },
  ],
  'gus.garden': [
    {
      caption: 'They all look in the same direction, and so do I.',
      pictures: [{ scene: 'flowers', palette: 'noon', extras: ['sunflowers'], shape: 'portrait' }],
      comments: [
        ['mara.lind', 'The big one in front is posing.'],
        ['jonas.feld', 'Leave the heads on for the finches.'],
      ],
    },
    {
      caption: 'Nobody sowed these. Nobody ever does.',
      pictures: [{ scene: 'flowers', palette: 'meadow', extras: ['poppies'] }],
      comments: [['priya.draws', 'That red does not exist on any screen.']],
    },
    {
      caption: 'Berries before the birds get them. I left some, Jonas.',
      pictures: [{ scene: 'leaves', palette: 'autumn', extras: ['ripe'], shape: 'portrait' }],
      comments: [['jonas.feld', 'They thank you.']],
    },
    {
      caption: 'Seedling swap on Sunday, by the crooked gate. I have this one eleven times.',
      pictures: [{ scene: 'leaves', palette: 'mist', extras: ['pot'] }],
      comments: [
        ['nour.reads', 'Is it safe for cats?'],
        ['gus.garden', 'It is. Is the cat safe for it?'],
      ],
    },
    { caption: 'Evening round with the watering can.', pictures: [{ scene: 'flowers', palette: 'dawn' }] },
  ],
  'nour.reads': [
    {
      caption: 'Index, on duty. Nobody may return anything while she looks out.',
      pictures: [{ scene: 'windowOnCity', palette: 'dusk', extras: ['cat', 'plant'], shape: 'portrait' }],
      comments: [
        ['amara.o', 'The most serious cat of the city.'],
        ['mara.lind', 'May I draw her?'],
        ['nour.reads', 'She asks for a fee in tuna.'],
      ],
    },
    {
      caption: 'Rain, page 212, and no plans.',
      pictures: [{ scene: 'windowOnHills', palette: 'mist', extras: ['cat', 'rain'] }],
      comments: [
        ['leo.bakes', 'Which book?'],
        ['nour.reads', 'The one with the lighthouse. Again.'],
      ],
    },
    {
      caption: 'Returned today with a pressed leaf between the pages. Keeping the leaf.',
      pictures: [{ scene: 'leaves', palette: 'clay', extras: ['ripe'] }],
    },
    {
      caption: 'Reading room, after closing.',
      pictures: [{ scene: 'stillLife', palette: 'dusk', extras: ['books'] }],
      comments: [['yuki.clay', 'I know that bottle.']],
    },
    {
      caption: 'Walked home the long way. The snow was in no hurry.',
      pictures: [{ scene: 'night', palette: 'winter', extras: ['moon', 'snowfall', 'cabin'], shape: 'portrait' }],
    },
  ],
};

const order = new Random('in which order they were posted');

/** All posts, the oldest first. */
export const posts: readonly DemoPost[] = order.shuffle(
  people.flatMap(({ handle }) =>
    written[handle].map((post) => ({ ...post, by: handle, likedBy: likersOf(handle, post) })),
  ),
);

/** Some of those who see it in their feed, and few of the others. Who comments likes it mostly. */
function likersOf(author: Handle, { caption, comments = [] }: WrittenPost): Handle[] {
  const random = new Random(`who likes ${caption}`);
  const charm = random.between(0.35, 0.9);
  return people
    .map(({ handle }) => handle)
    .filter((handle) => {
      if (handle === author) return random.chance(0.05);
      if (comments.some(([by]) => by === handle)) return random.chance(0.9);
      return random.chance(followedBy(handle).includes(author) ? charm : charm * 0.2);
    });
}
