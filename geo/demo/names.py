"""Invented names of the demo's units, with their pinyin, and their codes.

Codes have the shape of GB/T 2260 and GB/T 10114 (six digits, then three per level below), but 4399 is assigned to
no prefecture, so that no demo row can be taken for a real place.
"""

from dataclasses import dataclass

from geo.errors import Words

PREFECTURE_CODE = "439900"
PREFECTURE = Words("Lanyuan Prefecture", "岚沅州")


@dataclass(frozen=True)
class County:
    """A county-level unit: six-digit code and name."""

    code: str
    name: Words


@dataclass(frozen=True)
class Town:
    """A township: its county, the three digits of its kind, its centre (m east, m north of the middle), town radius."""

    county_code: str
    number: str
    name: Words
    east_m: float
    north_m: float
    core_m: float

    @property
    def code(self) -> str:
        """The nine-digit code."""
        return self.county_code + self.number


COUNTIES = (
    County("439901", Words("Lanjiang City", "岚江市")),
    County("439921", Words("Chayan County", "茶岩县")),
    County("439922", Words("Baitan County", "白滩县")),
)

TOWNS = (
    Town("439901", "001", Words("Lingtang Subdistrict", "灵塘街道"), -500, 400, 620),
    Town("439901", "002", Words("Shiqiao Subdistrict", "石桥街道"), 900, -500, 520),
    Town("439901", "100", Words("Chapo Town", "茶坡镇"), -6200, 1900, 210),
    Town("439901", "200", Words("Baiwan Township", "白湾乡"), 1800, -7600, 160),
    Town("439921", "100", Words("Yunling Town", "云岭镇"), 7800, 8200, 380),
    Town("439921", "101", Words("Fengmu Town", "枫木镇"), -1800, 10600, 190),
    Town("439921", "102", Words("Shuangxi Town", "双溪镇"), 11800, 2600, 200),
    Town("439921", "200", Words("Longdong Township", "龙洞乡"), 13000, 9700, 150),
    Town("439922", "100", Words("Hekou Town", "河口镇"), -7900, -7600, 360),
    Town("439922", "101", Words("Meichong Town", "梅冲镇"), -13400, -2600, 190),
    Town("439922", "200", Words("Yanmen Township", "岩门乡"), -4300, -13400, 160),
    Town("439922", "201", Words("Banli Township", "板栗乡"), -14200, -10800, 150),
)

_FIRST = {
    "新": "Xin", "青": "Qing", "石": "Shi", "竹": "Zhu", "桐": "Tong", "杉": "Shan", "松": "Song", "马": "Ma",
    "龙": "Long", "凤": "Feng", "金": "Jin", "银": "Yin", "大": "Da", "小": "Xiao", "上": "Shang", "下": "Xia",
    "红": "Hong", "清": "Qing", "岩": "Yan", "枫": "Feng", "梨": "Li", "桃": "Tao", "茶": "Cha", "云": "Yun",
}  # fmt: skip
_SECOND = {
    "坪": "ping", "溪": "xi", "寨": "zhai", "坡": "po", "塘": "tang", "湾": "wan", "冲": "chong", "岭": "ling",
    "桥": "qiao", "洞": "dong", "田": "tian", "井": "jing", "坝": "ba", "坳": "ao", "滩": "tan", "垭": "ya",
}  # fmt: skip
_COMMUNITY = {
    "人民路": "Renminlu", "城北": "Chengbei", "城南": "Chengnan", "河街": "Hejie", "兴隆": "Xinglong", "和平": "Heping",
    "东门": "Dongmen", "西门": "Ximen", "团结": "Tuanjie", "建设": "Jianshe", "光明": "Guangming", "沿江": "Yanjiang",
    "钟楼": "Zhonglou", "荷塘": "Hetang", "北站": "Beizhan", "文庙": "Wenmiao", "朝阳": "Chaoyang", "永安": "Yong'an",
    "幸福": "Xingfu", "学府": "Xuefu", "新街": "Xinjie", "老街": "Laojie", "桂花": "Guihua", "南门": "Nanmen",
    "福星": "Fuxing", "望江": "Wangjiang", "锦绣": "Jinxiu", "民主": "Minzhu", "胜利": "Shengli", "迎春": "Yingchun",
}  # fmt: skip


def village_name(index: int) -> Words:
    """The `index`-th villagers' committee; all names differ for index < 384.

    >>> village_name(0)
    Words(en='Xinping Village', zh='新坪村')
    """
    firsts, seconds = list(_FIRST.items()), list(_SECOND.items())
    first = firsts[index % len(firsts)]
    second = seconds[(index + index // len(firsts)) % len(seconds)]
    return Words(f"{first[1]}{second[1]} Village", f"{first[0]}{second[0]}村")


def community_name(index: int) -> Words:
    """The `index`-th residents' committee; names come again, numbered, after 30.

    >>> community_name(2).zh
    '城南社区'
    """
    names = list(_COMMUNITY.items())
    zh, en = names[index % len(names)]
    again = index // len(names)
    return Words(
        f"{en} {again + 1} Community" if again else f"{en} Community",
        f"{zh}{'二三四五'[again - 1]}社区" if again else f"{zh}社区",
    )


def grid_name(village: Words, number: int) -> Words:
    """The `number`-th grid of a village.

    >>> grid_name(Words("Xinping Village", "新坪村"), 3)
    Words(en='Xinping Village, grid 3', zh='新坪村第3网格')
    """
    return Words(f"{village.en}, grid {number}", f"{village.zh}第{number}网格")
